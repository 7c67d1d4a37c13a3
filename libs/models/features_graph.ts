/**
 * The graph that turns images into features, in evaluation mode.
 *
 * Paper: section 3.2, the pass over all images before each clustering.
 *
 * @module
 */
import {
  type Graph,
  input,
  type ShapeError,
  type Value,
} from "@deepcluster/graph";
import { Effect } from "effect";
import { UnknownLayerError } from "./errors.ts";
import { forward } from "./forward.ts";
import type { Network } from "./network.ts";
import { parameterShapes } from "./parameters.ts";

/**
 * Writes the graph of a pass over a batch of images.
 *
 * @param network The network.
 * @param batch Images of a run.
 * @param taps Names of layers whose outputs are wanted as well.
 * @returns A graph with the input `images` `[batch, 3, size, size]`, the
 * outputs `features` `[batch, d]` and each tap under its layer's name, and
 * every parameter as constant state; or `UnknownLayerError` when a tap is no
 * layer, or `ShapeError` when `batch` is no positive integer.
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
export const featuresGraph = Effect.fn("featuresGraph")(function* (
  network: Network,
  batch: number,
  taps: readonly string[] = [],
): Effect.fn.Return<Graph, ShapeError | UnknownLayerError> {
  const { channels, size } = network.input;
  const images = yield* input("images", [batch, channels, size, size]);
  const parameters = yield* parameterInputs(network);
  const { features, layers } = yield* forward(
    network,
    images,
    parameters,
    "evaluation",
  );
  const unknown = taps.find((tap) => layers[tap] === undefined);
  if (unknown !== undefined) {
    return yield* new UnknownLayerError({
      network: network.name,
      layer: unknown,
      known: Object.keys(layers),
    });
  }
  const tapped = Object.fromEntries(taps.map((tap) => [tap, layers[tap]!]));
  return {
    inputs: { images },
    state: Object.fromEntries(
      Object.entries(parameters).map(([name, current]) => [name, { current }]),
    ),
    outputs: { ...tapped, features },
  };
});

/**
 * An input for every parameter of a network, under its name.
 *
 * @param network The network.
 * @param clusters Outputs of the last layer; without it when absent.
 * @returns Values by parameter name, or `ShapeError` when `clusters` is no
 * positive integer.
 */
export const parameterInputs = Effect.fnUntraced(function* (
  network: Network,
  clusters?: number,
): Effect.fn.Return<Readonly<Record<string, Value>>, ShapeError> {
  const values: Record<string, Value> = {};
  const shapes = parameterShapes(network, clusters);
  for (const [name, { shape }] of Object.entries(shapes)) {
    values[name] = yield* input(name, shape);
  }
  return values;
});
