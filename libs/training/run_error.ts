/**
 * Everything that a step of a run can fail with, as one schema: what a
 * workflow of Effect asks for.
 *
 * @module
 */
import {
  ConstantFeaturesError,
  ForeignStateError,
  TooFewPointsError,
} from "@deepcluster/clustering";
import { NonFiniteFeatureError, OptionError } from "@deepcluster/core";
import { CacheError, UnreadableImageError } from "@deepcluster/data";
import {
  DivergedFeaturesError,
  NonFiniteWeightError,
} from "@deepcluster/features";
import {
  CompilationError,
  ExecutionError,
  OutOfMemoryError,
} from "@deepcluster/gpu-backend";
import {
  FeedError,
  GradientError,
  GraphError,
  LabelError,
  ShapeError,
} from "@deepcluster/graph";
import { LabelCountError } from "@deepcluster/metrics";
import { ModelFileError } from "@deepcluster/model-io";
import { ModelTooLargeError } from "@deepcluster/onnx-format";
import {
  CorruptArtifactError,
  SafetensorsError,
  StorageError,
} from "@deepcluster/storage";
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
  OptionError,
  ConstantFeaturesError,
  CorruptArtifactError,
  DivergedFeaturesError,
  FeedError,
  ForeignStateError,
  GradientError,
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
