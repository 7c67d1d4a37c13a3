/**
 * What the points of a map are: images in the order of their clusters, with the
 * clusters of every epoch and the classes that they can be coloured by.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { Labels } from "@deepcluster/data";
import {
  assignmentEpochs,
  readAssignedClusters,
  type ReadAssignmentsError,
  type ReadRunImagesError,
  type RunImageTables,
} from "@deepcluster/runs";
import type { Store } from "@deepcluster/storage";
import { Effect } from "effect";
import type { MapPositions } from "./map_file.ts";
import type { MapSheets } from "./map_sheets.ts";

/** What the view of the map draws. Arrays are `[n]`, one entry a point. */
export interface ReportMap {
  /** How the points were placed, see `Embedding` in `manifold`. */
  readonly kind: "umap" | "centroids";
  /** The features are of the weights of the end of this epoch. */
  readonly epoch: number;
  /** Images of the run, of which the points are all or a sample. */
  readonly images: number;
  /** Images that would be points, but could not be read. */
  readonly leftOut: number;
  /**
   * Each point's image, its rank among the run's readable images; in the order
   * of the newest clusters, so that those of a cluster are side by side.
   */
  readonly indices: Int32Array;
  /** `[n, 2]` positions, 0 to 65 535 from left to right and from top down. */
  readonly positions: Uint16Array;
  /** Cluster of each point in each of `epochs`, one array an epoch. */
  readonly clusters: readonly Int32Array[];
  /**
   * Epochs that the points can be coloured by, ascending: all, or the first,
   * the newest and some between.
   */
  readonly epochs: readonly number[];
  /** Classes, where the images have labels; -1: none. */
  readonly labels?: Labels;
  /** Paths of the points' images; without thumbnails only their numbers. */
  readonly paths: readonly string[];
  /** See `Embedding` in `manifold`; 0 where it was not measured. */
  readonly trustworthiness: number;
  /** Points that it was measured on; 0: fewer than three points. */
  readonly measuredOn: number;
  /** Names the draws. */
  readonly seed: number;
  /** Thumbnails; absent without them. */
  readonly sprites?: MapSheets;
}

/** How {@link colourPoints} shows points. */
export interface ReadMapOptions {
  /** Classes of the run's images, in their order. Default: none. */
  readonly labels?: Labels;
  /**
   * Whether thumbnails that are kept are shown. Without them the paths are left
   * out, too: they can tell folders of this machine. Default: true.
   */
  readonly thumbnails?: boolean;
}

/** What reading a map fails with. */
export type ReadMapError = ReadAssignmentsError | ReadRunImagesError;

/** Epochs that the points can be coloured by, at most. */
const maxEpochs = 12;

/**
 * Adds to positions what the images are called and belong to.
 *
 * @param store The run's store.
 * @param map The positions.
 * @param tables The run's images.
 * @param options See {@link ReadMapOptions}.
 * @returns The map without thumbnails, or the errors of reading assignments.
 */
export const colourPoints: (
  store: Store,
  map: MapPositions,
  tables: Pick<RunImageTables, "ids">,
  options: ReadMapOptions,
) => Effect.Effect<ReportMap, ReadAssignmentsError> = Effect.fnUntraced(
  function* (
    store,
    map,
    { ids },
    { labels, thumbnails = true },
  ) {
    const epochs = spread(yield* assignmentEpochs(store), maxEpochs);
    const clusters = yield* Effect.forEach(
      epochs,
      (epoch) => readAssignedClusters(store, epoch),
    );
    const order = orderOf(map.indices, clusters.at(-1)!);
    const indices = order.map((point) => map.indices[point]!);
    const ofPoints = (values: Int32Array) =>
      indices.map((index) => values[index]!);
    return {
      kind: map.kind,
      epoch: map.epoch,
      images: ids.length,
      leftOut: map.leftOut,
      indices,
      positions: wholeNumbers(map.positions, order),
      clusters: clusters.map(ofPoints),
      epochs,
      ...labels && {
        labels: { names: labels.names, classes: ofPoints(labels.classes) },
      },
      paths: Array.from(
        indices,
        (index) => thumbnails ? ids[index]! : `image ${index + 1}`,
      ),
      trustworthiness: map.trustworthiness ?? 0,
      measuredOn: map.measuredOn ?? 0,
      seed: map.seed,
    } satisfies ReportMap;
  },
);

/**
 * Puts points in the order of their clusters.
 *
 * @param indices The image of each point.
 * @param clusters Cluster of each image.
 * @returns Ranks of the points; those of a cluster are side by side.
 */
export const orderOf = (
  indices: Int32Array,
  clusters: Int32Array,
): Int32Array =>
  Int32Array.from(indices.keys()).sort((a, b) =>
    clusters[indices[a]!]! - clusters[indices[b]!]! || a - b
  );

/** The first, the last, and some evenly between. */
const spread = (values: readonly number[], count: number): number[] =>
  values.length <= count ? [...values] : Array.from(
    { length: count },
    (_, i) => values[Math.round(i * (values.length - 1) / (count - 1))]!,
  );

/** Positions on one scale for both directions, the narrower one centred. */
const wholeNumbers = (
  { data }: Matrix,
  order: Int32Array,
): Uint16Array => {
  const bounds = [0, 1].map((axis) => {
    let [min, max] = [Infinity, -Infinity];
    for (let i = axis; i < data.length; i += 2) {
      min = Math.min(min, data[i]!);
      max = Math.max(max, data[i]!);
    }
    return { middle: (min + max) / 2, extent: max - min };
  });
  const extent = Math.max(...bounds.map(({ extent }) => extent)) || 1;
  const whole = new Uint16Array(2 * order.length);
  for (const [point, from] of order.entries()) {
    for (const [axis, { middle }] of bounds.entries()) {
      const offset = (data[2 * from + axis]! - middle) / extent;
      whole[2 * point + axis] = Math.round(65_535 * (0.5 + offset));
    }
  }
  return whole;
};
