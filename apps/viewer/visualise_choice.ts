/**
 * Which layers and filters are drawn.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import type { Network } from "@deepcluster/models";
import {
  convolutionLayers,
  findMapLayer,
  type MapLayer,
  requireFilters,
} from "@deepcluster/visualisation";
import { Effect, Option } from "effect";

/**
 * Finds layers by name, each once.
 *
 * @param network The network.
 * @param names As given on the command line.
 * @param action What is to be done, for the message.
 * @returns The layers; all convolutions where none is named; or `OptionError`.
 */
export const layersOf = (
  network: Network,
  names: Option.Option<readonly string[]>,
  action: string,
) =>
  Option.isNone(names)
    ? Effect.succeed(convolutionLayers(network))
    : Effect.map(
      Effect.forEach(
        names.value,
        (name) => findMapLayer(network, name, action),
      ),
      (layers) => [
        ...new Map(layers.map((layer) => [layer.path, layer])).values(),
      ],
    );

/**
 * Chooses filters of a layer: those named, each once, or a draw.
 *
 * @param layer The layer.
 * @param flags Values of `--filters` and `--count`.
 * @param seed Names the draw.
 * @param action What is to be done, for the message.
 * @returns Numbers from 0, or `OptionError`.
 */
export const filtersOf = (
  layer: MapLayer,
  { filters, count }: {
    readonly filters: Option.Option<readonly number[]>;
    readonly count: number;
  },
  seed: number,
  action: string,
) => {
  if (Option.isSome(filters)) {
    return Effect.as(
      requireFilters(layer, filters.value, action),
      [...new Set(filters.value)],
    );
  }
  const drawn = draws(seed, "filters", layer.path)
    .sample(Math.min(count, layer.filters), layer.filters);
  return Effect.succeed([...drawn.sort()]);
};
