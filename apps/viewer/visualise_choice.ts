/**
 * Which layers and filters are drawn.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import type { Network } from "@deepcluster/models";
import {
  atLeast,
  flagWithDefault,
  integersFlag,
  namesFlag,
  optionalFlag,
} from "@deepcluster/terminal";
import {
  convolutionLayers,
  findMapLayer,
  type MapLayer,
  requireFilters,
} from "@deepcluster/visualisation";
import { Effect, Option } from "effect";
import { Flag } from "effect/cli";

/** A flag of layers. */
export const layersFlag = (byDefault: string) =>
  optionalFlag(
    namesFlag("layers").pipe(Flag.withMetavar("NAME,NAME")),
    "Layers, by either name: conv2 or features.6",
    byDefault,
  );

/** Which filters of each layer. */
export const filterFlags = {
  filters: optionalFlag(
    integersFlag("filters", 0),
    "Filters of each layer, counted from 0",
    "--count drawn at random",
  ),
  count: flagWithDefault(
    atLeast("count", 1),
    9,
    "Filters of each layer, drawn at random; all where it has fewer",
  ),
};

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
 * @param flags Values of {@link filterFlags}.
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
