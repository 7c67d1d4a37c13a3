/**
 * The graph of a network's last map: its convolutional part without the last
 * pooling, for images of any height and width.
 *
 * Paper: section 5.3, which describes images by that map.
 *
 * @module
 */
import {
  type BuildError,
  buildGraph,
  type Graph,
  input,
} from "@deepcluster/graph";
import type { Effect } from "effect";
import { forwardThrough } from "./forward.ts";
import {
  type Layer,
  type Network,
  outputSide,
  sobelLayers,
} from "./network.ts";
import { parameterInputs } from "./features_graph.ts";

/** Sobel filters if there are any, and all convolutions with their ReLUs. */
const mapLayers = ({ sobel, features }: Network): readonly Layer[] => [
  ...sobel ? sobelLayers : [],
  ...features.slice(
    0,
    features.findLastIndex(({ type }) => type === "maxPool"),
  ),
];

/**
 * Returns the shape of the last map, without computing anything.
 *
 * @param network The network.
 * @param height Rows of the image.
 * @param width Columns of the image.
 * @returns `[channels, rows, columns]`; rows or columns below 1 where the
 * image is too small for the network.
 *
 * @example A photograph in AlexNet
 * ```ts
 * import { alexnet, lastMapShape } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(alexnet({ sobel: true }));
 * assert.deepEqual(lastMapShape(network, 768, 1024), [256, 47, 63]);
 * ```
 */
export const lastMapShape = (
  network: Network,
  height: number,
  width: number,
): readonly [channels: number, rows: number, columns: number] => {
  let shape: readonly [number, number, number] = [3, height, width];
  for (const layer of mapLayers(network)) {
    const [channels, rows, columns] = shape;
    shape = [
      layer.type === "convolution" ? layer.outChannels : channels,
      rows < 1 ? 0 : outputSide(layer, rows),
      columns < 1 ? 0 : outputSide(layer, columns),
    ];
  }
  return shape;
};

/**
 * Builds the graph of a pass to the last map, in evaluation mode.
 *
 * @param network The network.
 * @param height Rows of the image.
 * @param width Columns of the image.
 * @returns A graph with the input `image` `[1, 3, height, width]`, the output
 * `map` `[1, channels, rows, columns]`, and every parameter on the way as
 * constant state; or `ShapeError` when the image is too small.
 */
export const lastMapGraph = (
  network: Network,
  height: number,
  width: number,
): Effect.Effect<Graph, BuildError> =>
  buildGraph(() => {
    const image = input("image", [1, 3, height, width]);
    const layers = mapLayers(network);
    const state = parameterInputs({ ...network, classifier: [] });
    const pass = forwardThrough(layers, image, state, "evaluation");
    return { outputs: { map: pass.layers[layers.at(-1)!.name]! }, state };
  });
