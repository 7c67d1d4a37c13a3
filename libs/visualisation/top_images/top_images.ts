/**
 * The images of a set that activate each filter of a layer most, and where.
 *
 * Paper: section 4.2, figure 6: the 9 images of a subset of YFCC100M that
 * activate a filter most. As in the authors' code the activation of a filter is
 * its mean over the map, after the ReLU.
 *
 * @module
 */
import {
  type OptionError,
  Progress,
  requireCount,
  requireOption,
  type RowReader,
} from "@deepcluster/core";
import {
  type Batch,
  batches,
  clusteringTransform,
  type ImageError,
} from "@deepcluster/data";
import {
  compileLayers,
  defaultBatch,
  type EvaluatedLayer,
  type IdentifiedImages,
  type LayeredModel,
  layerFeatures,
  type LayerFeaturesError,
  transformOptionsOf,
} from "@deepcluster/features";
import type { Backend } from "@deepcluster/gpu-backend";
import { type Network, outputShapes } from "@deepcluster/models";
import type { StorageError } from "@deepcluster/storage";
import { Effect, type Scope, Stream } from "effect";
import { NoNetworkError } from "../errors.ts";
import {
  convolutionLayers,
  findMapLayer,
  type MapLayer,
} from "../gradient_ascent/map_layer.ts";
import { receptiveField, type Region, seenRegion } from "./receptive_field.ts";

/** Options of {@link topImages}. */
export interface TopImagesOptions {
  /** Name or path of a layer with maps. Default: the last convolution. */
  readonly layer?: string;
  /** Which filters, from 0. Default: those with the largest activations. */
  readonly filters?: readonly number[];
  /** How many filters, where none are named. Default: all. */
  readonly mostFilters?: number;
  /** Images of each filter, at most. Default: 9. */
  readonly count?: number;
  /** Folder that keeps activations: the `--cache` of `evaluate`. */
  readonly folder: string;
  /**
   * Layers of the model whose outputs are kept there as well, in the same pass
   * over the images. Default: none.
   */
  readonly alongside?: readonly EvaluatedLayer[];
  /** Images of a run of the network. Default: 32. */
  readonly batch?: number;
  /** What the images are called in the note beside the activations. */
  readonly data?: { readonly name: string };
}

/** An image that activates a filter. */
export interface TopImage {
  /** Its rank among the images. */
  readonly index: number;
  /** Mean of the filter over the map. */
  readonly activation: number;
  /**
   * What the position of the largest value sees, in pixels of the square that
   * the network is fed; where it is reached several times, the first position,
   * row by row.
   */
  readonly region: Region;
}

/** The images that activate filters of a layer most. */
export interface TopImages {
  /** The layer. */
  readonly layer: MapLayer;
  /** Images that were looked at. */
  readonly images: number;
  /** Side of the square that the network is fed, in pixels. */
  readonly side: number;
  /** Largest side of a region, in pixels. */
  readonly fieldSize: number;
  /** The filters. */
  readonly filters: readonly {
    /** Number of the filter, from 0. */
    readonly filter: number;
    /** The most activating image first; none that do not activate it at all. */
    readonly top: readonly TopImage[];
  }[];
}

/** What {@link topImages} fails with. */
export type TopImagesError =
  | ImageError
  | LayerFeaturesError
  | NoNetworkError
  | OptionError;

const action = "find the most activating images";

/**
 * Finds the images that activate each filter of a layer most.
 *
 * One pass over all images, whose activations, `4 n c` bytes for c filters, are
 * kept in `folder` and used again: a pass that was killed goes on where it was.
 * Then one over the images found, for the regions. Of equal activations the
 * lower index comes first. Memory: a batch of maps, and `count` images for each
 * filter.
 *
 * @param model A model with a network.
 * @param images The images.
 * @param options See {@link TopImagesOptions}.
 * @returns The filters in the order of `filters`, or by number; or
 * `OptionError` when there is no such layer or filter, `NoNetworkError` for
 * encoders and pixels, or the errors of the images, the engine and the files.
 */
export const topImages: (
  model: LayeredModel,
  images: IdentifiedImages,
  options: TopImagesOptions,
) => Effect.Effect<
  TopImages,
  TopImagesError,
  Backend | Progress | Scope.Scope
> = Effect.fn("topImages")(function* (model, images, options) {
  const { count = 9, folder, batch = defaultBatch, data } = options;
  const { alongside = [] } = options;
  const { network, size } = model;
  if (network === undefined) {
    return yield* new NoNetworkError({ action, model: model.name });
  }
  yield* requireCount(action, "count", count, 1);
  const layer = yield* options.layer === undefined
    ? Effect.succeed(convolutionLayers(network).at(-1)!)
    : findMapLayer(network, options.layer, action);
  yield* requireFilters(layer, options.filters ?? []);
  const pooled = meanOf(network, layer);
  const layers = [pooled, ...alongside];
  const activations = yield* layerFeatures(model, images, layers, {
    folder,
    batch,
    ...data && { data },
  });
  const best = yield* mostActivating(activations[pooled.name]!, count);
  const filters = options.filters ??
    strongest(best, options.mostFilters ?? layer.filters);
  const found = filters.map((filter) => ({ filter, top: best[filter]! }));
  const peaks = yield* peaksOf(
    { ...model, network },
    images,
    layer,
    found.flatMap(({ filter, top }) =>
      top.map(({ index }) => ({ filter, index }))
    ),
    batch,
  );
  const field = receptiveField(network, layer.path);
  return {
    layer,
    images: images.size,
    side: size,
    fieldSize: Math.min(field.size, size),
    filters: found.map(({ filter, top }) => ({
      filter,
      top: top.map((image) => {
        const [row, column] = peaks(filter, image.index);
        return { ...image, region: seenRegion(field, row, column, size) };
      }),
    })),
  };
});

const requireFilters = (
  { name, filters }: MapLayer,
  wanted: readonly number[],
): Effect.Effect<void, OptionError> =>
  Effect.forEach(wanted, (filter) =>
    requireOption(
      action,
      "filters",
      `numbers from 0 to ${filters - 1}, as ${name} has ${filters} filters`,
      filter,
      Number.isInteger(filter) && filter >= 0 && filter < filters,
    ), { discard: true });

/** The mean over the map as a layer to be extracted: one window, all of it. */
const meanOf = (network: Network, layer: MapLayer): EvaluatedLayer => {
  const side = outputShapes(network, 1)[layer.path]![2]!;
  return {
    name: `${layer.name}-mean`,
    layerOutput: layer.path,
    pool: { kernel: side, stride: side, padding: 0 },
    columns: layer.filters,
  };
};

/** An image of a filter before its region is known. */
type Candidate = Omit<TopImage, "region">;

/** Rows of activations that are read at a time. */
const blockRows = 1024;

/** The best images of every filter, in one pass over the activations. */
const mostActivating = Effect.fnUntraced(function* (
  activations: RowReader<StorageError>,
  count: number,
): Effect.fn.Return<Candidate[][], StorageError> {
  const { rows, columns } = activations;
  const best = Array.from({ length: columns }, (): Candidate[] => []);
  for (let start = 0; start < rows; start += blockRows) {
    const height = Math.min(blockRows, rows - start);
    const { data } = yield* activations.read(start, height);
    for (let i = 0; i < height; i++) {
      for (const [filter, top] of best.entries()) {
        const activation = data[i * columns + filter]!;
        if (activation === 0) continue;
        if (top.length === count && activation <= top.at(-1)!.activation) {
          continue;
        }
        const place = top.findLastIndex((other) =>
          other.activation >= activation
        );
        top.splice(place + 1, 0, { index: start + i, activation });
        top.length = Math.min(top.length, count);
      }
    }
  }
  return best;
});

/** The filters with the largest activations, by number. */
const strongest = (
  best: readonly (readonly Candidate[])[],
  count: number,
): readonly number[] =>
  [...best.keys()]
    .sort((a, b) =>
      (best[b]![0]?.activation ?? -Infinity) -
        (best[a]![0]?.activation ?? -Infinity) || a - b
    )
    .slice(0, count)
    .sort((a, b) => a - b);

/**
 * Finds where the map of a filter is largest, for some images: only they are
 * looked at again.
 */
const peaksOf = Effect.fnUntraced(function* (
  model: LayeredModel & { readonly network: Network },
  images: IdentifiedImages,
  layer: MapLayer,
  wanted: readonly { readonly filter: number; readonly index: number }[],
  batch: number,
) {
  const progress = yield* Progress;
  const filtersOf = Map.groupBy(wanted, ({ index }) => index);
  const order = Int32Array.from(filtersOf.keys()).sort();
  const side = outputShapes(model.network, 1)[layer.path]![2]!;
  const area = side ** 2;
  const maps: EvaluatedLayer = {
    name: layer.name,
    layerOutput: layer.path,
    columns: layer.filters * area,
  };
  // Maps are wide: a batch of them takes at most 64 MiB.
  const height = Math.max(
    1,
    Math.min(batch, order.length, Math.floor(2 ** 24 / maps.columns)),
  );
  const peaks = new Map<string, readonly [row: number, column: number]>();
  const nameOf = (filter: number, index: number) => `${filter} ${index}`;
  const report = (done: number) =>
    progress.report({
      phase: "regions",
      done,
      total: order.length,
      unit: "images",
    });
  yield* report(0);
  if (order.length > 0) {
    const run = yield* compileLayers(model, [maps], height);
    const transform = clusteringTransform(transformOptionsOf(model));
    let done = 0;
    yield* Stream.runForEach(
      batches(images, order, transform, { batchSize: height }),
      Effect.fnUntraced(function* ({ images: pixels, indices }: Batch) {
        const outputOf = yield* run(pixels);
        const { data, columns } = outputOf(maps.name);
        for (const [i, index] of indices.entries()) {
          for (const { filter } of filtersOf.get(index)!) {
            const from = i * columns + filter * area;
            const peak = peakIn(data.subarray(from, from + area));
            peaks.set(nameOf(filter, index), [
              Math.floor(peak / side),
              peak % side,
            ]);
          }
        }
        done += indices.length;
        yield* report(done);
      }),
    );
  }
  return (filter: number, index: number) => peaks.get(nameOf(filter, index))!;
}, Effect.scoped);

/** The first position of the largest value. */
const peakIn = (map: Float32Array): number => {
  let peak = 0;
  for (let i = 1; i < map.length; i++) if (map[i]! > map[peak]!) peak = i;
  return peak;
};
