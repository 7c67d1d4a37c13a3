/**
 * The services of a command that computes, on the engine that was typed.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import type { Progress } from "@deepcluster/core";
import {
  type Backend,
  layerBackend,
  type SelectionError,
} from "@deepcluster/gpu-backend";
import { layerProgress } from "@deepcluster/terminal";
import { Layer } from "effect";
import { type EngineValues, typedEngine } from "./engine_flags.ts";

/**
 * Provides the engine that was typed, k-means' assignment on it, and progress
 * on standard error.
 *
 * @param values Values of {@link engineFlags}, among others.
 * @returns The layer, or the engine's errors.
 */
export const layerTypedEngine = (
  values: EngineValues,
): Layer.Layer<Backend | Assigner | Progress, SelectionError> =>
  Layer.mergeAll(Assigner.layerBackend, layerProgress()).pipe(
    Layer.provideMerge(layerBackend(typedEngine(values))),
  );
