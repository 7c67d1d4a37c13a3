/**
 * A network's features as one ONNX model, for other programs.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import { onnxModelOf } from "@deepcluster/gpu-backend";
import type { BuildError, FeedError } from "@deepcluster/graph";
import {
  featureLayer,
  featuresGraph,
  layerPath,
  type Network,
  type UnknownLayerError,
} from "@deepcluster/models";
import type { ModelTooLargeError } from "@deepcluster/onnx-format";
import { Effect } from "effect";

/** What {@link onnxFeatures} needs besides the network. */
export interface OnnxFeaturesOptions {
  /**
   * Layer whose output is exported, by either of its names (`conv5`,
   * `features.16`). Default: the layer whose output is clustered.
   */
  readonly layer?: string;
  /** Images of a run. Default: 1. */
  readonly batch?: number;
  /** Words for the model's `metadata_props`, such as the preprocessing. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a network in evaluation mode, up to a layer, as a self-contained ONNX
 * model: input `images` float32 `[batch, 3, size, size]`, normalised RGB;
 * output `features`, `[batch, d]` or a map `[batch, c, h, w]`. Sobel filters
 * are part of it. Needs memory for two copies of the parameters.
 *
 * @param network The network.
 * @param parameters Every parameter that `parameterShapes` lists.
 * @param options See {@link OnnxFeaturesOptions}.
 * @returns A `ModelProto`, or `UnknownLayerError`, or `ShapeError` when the
 * batch is no positive integer, or `FeedError` when a parameter is missing or
 * of another shape, or `ModelTooLargeError` when it would reach 2 GiB.
 *
 * @example The last map of a small network
 * ```ts
 * import { onnxFeatures } from "@deepcluster/model-io";
 * import { initialise, small } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const bytes = await Effect.runPromise(Effect.gen(function* () {
 *   const network = yield* small({ sobel: true });
 *   return yield* onnxFeatures(network, initialise(network, 31), {
 *     layer: "features.15",
 *   });
 * }));
 * assert.ok(bytes.byteLength > 0);
 * ```
 */
export const onnxFeatures: (
  network: Network,
  parameters: Tensors,
  options?: OnnxFeaturesOptions,
) => Effect.Effect<
  Uint8Array,
  UnknownLayerError | BuildError | FeedError | ModelTooLargeError
> = Effect.fn("onnxFeatures")(function* (network, parameters, options = {}) {
  const { layer = featureLayer(network), batch = 1, metadata = {} } = options;
  const path = yield* layerPath(network, layer);
  const graph = yield* featuresGraph(network, batch, [path]);
  const features = graph.outputs[path]!;
  return yield* onnxModelOf(
    { ...graph, outputs: { features } },
    parameters,
    metadata,
  );
});
