/**
 * The graph that turns images into features, in evaluation mode.
 *
 * Paper: section 3.2, the pass over all images before each clustering.
 *
 * @module
 */
import {
  type BuildError,
  buildGraph,
  type Graph,
  input,
  type Value,
} from "@deepcluster/graph";
import { Effect } from "effect";
import { UnknownLayerError } from "./errors.ts";
import { forward } from "./forward.ts";
import { layersOf, type Network } from "./network.ts";
import { parameterShapes } from "./parameters.ts";

/**
 * Builds the graph of a pass over a batch of images.
 *
 * @param network The network.
 * @param batch Images of a run.
 * @param layerOutputs Names of layers whose outputs the graph returns as well.
 * Default: none.
 * @returns A graph with the input `images` `[batch, 3, size, size]`, the
 * outputs `features` `[batch, d]` and each layer's under its name, and every
 * parameter as constant state; or `UnknownLayerError` when a name is no
 * layer's, or `ShapeError` when `batch` is no positive integer.
 *
 * @example AlexNet's features and its last map
 * ```ts
 * import { alexnet, featuresGraph } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const graph = Effect.runSync(Effect.gen(function* () {
 *   const network = yield* alexnet({ sobel: true });
 *   return yield* featuresGraph(network, 32, ["features.16"]);
 * }));
 * assert.deepEqual(graph.outputs["features"]?.shape, [32, 4096]);
 * assert.deepEqual(graph.outputs["features.16"]?.shape, [32, 256, 13, 13]);
 * ```
 */
export const featuresGraph: (
  network: Network,
  batch: number,
  layerOutputs?: readonly string[],
) => Effect.Effect<Graph, BuildError | UnknownLayerError> = Effect.fn(
  "featuresGraph",
)(function* (network, batch, layerOutputs = []) {
  const known = layersOf(network).map(({ name }) => name);
  const unknown = layerOutputs.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return yield* new UnknownLayerError({
      network: network.name,
      layer: unknown,
      known,
    });
  }
  return yield* buildGraph(() => {
    const { channels, size } = network.input;
    const images = input("images", [batch, channels, size, size]);
    const state = parameterInputs(network);
    const pass = forward(network, images, state, "evaluation");
    const outputs = Object.fromEntries(
      layerOutputs.map((name) => [name, pass.layers[name]!]),
    );
    return { outputs: { ...outputs, features: pass.features }, state };
  });
});

/**
 * Declares an input for every parameter of a network, under its name.
 *
 * @param network The network.
 * @param clusters Outputs of the last layer. Default: without that layer.
 * @returns Values by parameter name.
 * @throws {ShapeError} When `clusters` is no positive integer.
 */
export const parameterInputs = (
  network: Network,
  clusters?: number,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(parameterShapes(network, clusters)).map(
      ([name, { shape }]) => [name, input(name, shape)],
    ),
  );
