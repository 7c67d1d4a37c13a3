/**
 * The names of layers in the literature beside those in PyTorch: `conv5` of
 * the paper's AlexNet is `features.16`, the ReLU after the fifth convolution.
 *
 * Only an output has two names: `features.14`, the same convolution before
 * batch normalisation and ReLU, and `features.17`, after pooling, have one.
 *
 * @module
 */
import { Effect } from "effect";
import { UnknownLayerError } from "./errors.ts";
import { featureLayer, layersOf, type Network } from "./network.ts";

/** An output with two names. */
export interface LayerName {
  /**
   * `conv1`, `conv2` …, `fc6` …: convolutions and fully connected layers
   * counted through, each after its ReLU; `features`: what is clustered, the
   * last fully connected layer before its ReLU.
   */
  readonly name: string;
  /** Path of the layer whose output it is, such as `features.16`. */
  readonly path: string;
}

/**
 * Lists the outputs that have two names.
 *
 * @param network The network.
 * @returns Convolutions, fully connected layers, then `features`.
 *
 * @example AlexNet's last convolution
 * ```ts
 * import { alexnet, layerNames } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const names = layerNames(Effect.runSync(alexnet({ sobel: true })));
 * assert.deepEqual(names[4], { name: "conv5", path: "features.16" });
 * ```
 */
export const layerNames = (network: Network): readonly LayerName[] => {
  const names: LayerName[] = [];
  let last = "";
  for (
    const { name: path, type } of [
      ...network.features,
      ...network.classifier,
    ]
  ) {
    if (type === "convolution" || type === "linear") {
      last = `${type === "linear" ? "fc" : "conv"}${names.length + 1}`;
    }
    if (type === "relu") names.push({ name: last, path });
  }
  return [...names, { name: "features", path: featureLayer(network) }];
};

/**
 * Finds a layer by either of its names.
 *
 * @param network The network.
 * @param layer `conv5` or `features.16`.
 * @returns Its path, or `UnknownLayerError` with all names that there are.
 */
export const layerPath = (
  network: Network,
  layer: string,
): Effect.Effect<string, UnknownLayerError> => {
  const names = layerNames(network);
  const paths = layersOf(network).map(({ name }) => name);
  const path = names.find(({ name }) => name === layer)?.path ??
    paths.find((name) => name === layer);
  return path !== undefined ? Effect.succeed(path) : Effect.fail(
    new UnknownLayerError({
      network: network.name,
      layer,
      known: paths.map((path) => bothNames(names, path)),
    }),
  );
};

/**
 * Writes the names of a layer for a person to read.
 *
 * @param names As {@link layerNames} lists them.
 * @param path The layer's path.
 * @returns `conv5 (features.16)`, or the path alone.
 */
export const bothNames = (
  names: readonly LayerName[],
  path: string,
): string => {
  const other = names.find((layer) => layer.path === path)?.name;
  return other === undefined ? path : `${other} (${path})`;
};
