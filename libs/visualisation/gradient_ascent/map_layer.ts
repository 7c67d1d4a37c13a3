/**
 * Layers whose output is a map for each filter, by name.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { bothNames, layerNames, type Network } from "@deepcluster/models";
import { Effect } from "effect";

/** A layer of the convolutional part of a network. */
export interface MapLayer {
  /** As people call it: `conv5`, else its path. */
  readonly name: string;
  /** Its path, such as `features.16`. */
  readonly path: string;
  /** Number of its filters. */
  readonly filters: number;
}

/**
 * Lists the convolutions of a network after their ReLUs: `conv1`, `conv2` …
 *
 * @param network The network.
 * @returns The layers in order.
 */
export const convolutionLayers = (network: Network): readonly MapLayer[] =>
  layerNames(network).flatMap(({ name, path }) =>
    network.features.some((layer) => layer.name === path)
      ? [mapLayerAt(network, name, path)]
      : []
  );

/**
 * Finds a layer of the convolutional part.
 *
 * @param network The network.
 * @param layer `conv5`, or any path of it, such as `features.14`, the same
 * convolution before normalisation and ReLU.
 * @param action What is to be done, for the message.
 * @returns The layer, or `OptionError` with the names that there are.
 */
export const findMapLayer = (
  network: Network,
  layer: string,
  action: string,
): Effect.Effect<MapLayer, OptionError> => {
  const names = layerNames(network);
  const path = names.find(({ name }) => name === layer)?.path ?? layer;
  if (network.features.some(({ name }) => name === path)) {
    const { name = path } = names.find((named) => named.path === path) ?? {};
    return Effect.succeed(mapLayerAt(network, name, path));
  }
  const known = network.features.map(({ name }) => bothNames(names, name));
  return Effect.fail(
    new OptionError({
      action,
      option: "layer",
      rule: `one of ${known.join(", ")}`,
      value: layer,
    }),
  );
};

const mapLayerAt = (
  { features }: Network,
  name: string,
  path: string,
): MapLayer => {
  const end = features.findIndex((layer) => layer.name === path);
  const convolution = features.findLast((layer, index) =>
    layer.type === "convolution" && index <= end
  ) as { readonly outChannels: number };
  return { name, path, filters: convolution.outChannels };
};
