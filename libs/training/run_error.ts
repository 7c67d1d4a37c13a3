/**
 * Everything that a step of a run can fail with, as one schema: what a
 * workflow of Effect asks for.
 *
 * @module
 */
import {
  CorruptArtifactError,
  ModelFileError,
  SafetensorsError,
  StorageError,
} from "@deepcluster/checkpoint";
import {
  ClusteringOptionError,
  ConstantFeaturesError,
  ForeignStateError,
  LabelCountError,
  NonFiniteFeatureError,
  TooFewPointsError,
} from "@deepcluster/clustering";
import { CacheError, UnreadableImageError } from "@deepcluster/data";
import {
  DivergedFeaturesError,
  FeatureFileError,
  NonFiniteWeightError,
} from "@deepcluster/features";
import {
  CompilationError,
  ExecutionError,
  ModelTooLargeError,
  OutOfMemoryError,
} from "@deepcluster/gpu-backend";
import {
  FeedError,
  GraphError,
  LabelError,
  ShapeError,
} from "@deepcluster/graph";
import { Schema } from "effect";
import {
  NonFiniteError,
  PseudoLabelError,
  StartingModelError,
} from "./errors.ts";

/** What a step of a run can fail with. */
export const RunError = Schema.Union([
  CacheError,
  CompilationError,
  ExecutionError,
  ModelTooLargeError,
  OutOfMemoryError,
  ClusteringOptionError,
  ConstantFeaturesError,
  CorruptArtifactError,
  DivergedFeaturesError,
  FeatureFileError,
  FeedError,
  ForeignStateError,
  GraphError,
  LabelCountError,
  LabelError,
  ModelFileError,
  NonFiniteError,
  NonFiniteFeatureError,
  NonFiniteWeightError,
  PseudoLabelError,
  SafetensorsError,
  ShapeError,
  StartingModelError,
  StorageError,
  TooFewPointsError,
  UnreadableImageError,
]);

/** What a step of a run can fail with. */
export type RunError = typeof RunError.Type;
