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
      option: "layers",
      rule: `among ${known.join(", ")}`,
      value: layer,
    }),
  );
};

/**
 * Checks numbers of filters.
 *
 * @param layer Whose filters.
 * @param filters Their numbers, from 0.
 * @param action What is to be done, for the message.
 * @returns Nothing, or `OptionError` when there is none, or one that the layer
 * does not have.
 */
export const requireFilters = (
  { name, filters: count }: MapLayer,
  filters: readonly number[],
  action: string,
): Effect.Effect<void, OptionError> => {
  const wrong = filters.find((filter) =>
    !Number.isInteger(filter) || filter < 0 || filter >= count
  );
  if (filters.length > 0 && wrong === undefined) return Effect.void;
  return Effect.fail(
    new OptionError({
      action,
      option: "filters",
      rule: `numbers from 0 to ${count - 1}, the filters of ${name}`,
      value: wrong === undefined ? "none" : String(wrong),
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
