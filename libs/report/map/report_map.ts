/**
 * The map of a run's features as it is shown.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { Matrix, Progress } from "@deepcluster/core";
import {
  decoderVersion,
  type ImageSource,
  type Labels,
} from "@deepcluster/data";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  assignmentEpochs,
  NoClustersError,
  readAssignedClusters,
  type ReadAssignmentsError,
  readRunImages,
  type ReadRunImagesError,
  type RunImageTables,
} from "@deepcluster/runs";
import {
  bytesOf,
  folderStore,
  keyOf,
  type SaveTensorsError,
  sha256Of,
  type Store,
} from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import {
  type MapPositions,
  readMapPositions,
  writeMapPositions,
} from "./map_file.ts";
import {
  type MapSheets,
  mapSheets,
  sheetsVersion,
  type SquareOf,
} from "./map_sheets.ts";
import { readMapSheets, writeMapSheets } from "./map_sheets_file.ts";
import { orAnew } from "../images/or_anew.ts";
import type { OpenRunImageSet } from "../images/run_image_set.ts";
import {
  type PositionsError,
  type PreparedPositions,
  preparePositions,
} from "./map_positions.ts";

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

/** Options of {@link readReportMap}. */
export interface ReadMapOptions {
  /** Classes of the run's images, in their order. Default: none. */
  readonly labels?: Labels;
  /**
   * Whether thumbnails that are kept are shown. Without them the paths are left
   * out, too: they can tell folders of this machine. Default: true.
   */
  readonly thumbnails?: boolean;
}

/** Options of {@link reportMap}. */
export interface ReportMapOptions extends ReadMapOptions {
  /** The run's images, as `openImagesOf` opens them. */
  readonly source: ImageSource;
  /** Folder that keeps features: the `--cache` of `evaluate`. */
  readonly cache: string;
  /** Images of a run of the network. Default: 32. */
  readonly batch?: number;
  /** Opens the images. Default: `openRunImageSet`. */
  readonly open?: OpenRunImageSet;
  /** Names the draws. Default: the run's seed. */
  readonly seed?: number;
  /** Points, at most. Default: 20 000. */
  readonly maxPoints?: number;
  /** Makes thumbnails of the points. Default: those that are kept, or none. */
  readonly squareOf?: SquareOf;
}

/** What {@link readReportMap} fails with. */
export type ReadMapError = ReadAssignmentsError | ReadRunImagesError;

/** What {@link reportMap} fails with. */
export type ReportMapError =
  | NoClustersError
  | PositionsError
  | ReadMapError
  | SaveTensorsError;

/** Epochs that the points can be coloured by, at most. */
const maxEpochs = 12;

/**
 * Returns the map of a run's features.
 *
 * Up to `maxPoints` images it is UMAP of the features of the newest
 * checkpoint, L2-normalised and not whitened; the features are those that
 * `evaluate` keeps. Of more images it is UMAP of the newest centroids, with
 * `maxPoints` images, drawn by cluster, placed by their nearest centroids; of a
 * checkpoint one epoch older, whose features were clustered.
 *
 * The positions are kept in the run folder and used again for the same
 * weights, images, seed and engine: computing them takes about ten seconds for
 * 12 000 images. A pass over the images that was killed goes on where it
 * was; the layout begins again. Thumbnails are kept likewise.
 *
 * @param run The run folder.
 * @param options See {@link ReportMapOptions}.
 * @returns The map; or `NoClustersError` when no epoch is finished, or the
 * errors of the run folder, the images, or the engine.
 */
export const reportMap: (
  run: string,
  options: ReportMapOptions,
) => Effect.Effect<
  ReportMap,
  ReportMapError,
  Assigner | Backend | Progress | Scope.Scope
> = Effect.fn("reportMap")(function* (run, options) {
  const store = folderStore(run);
  const tables = yield* readRunImages(store);
  const newest = (yield* assignmentEpochs(store)).at(-1);
  if (newest === undefined) {
    return yield* new NoClustersError({ run, problems: [] });
  }
  const clusters = yield* readAssignedClusters(store, newest);
  const known = yield* readMapPositions(store);
  const prepared = yield* preparePositions(
    run,
    { maxPoints: 20_000, ...options, tables, clusters },
    known,
  );
  // Thumbnails are drawn while the positions are computed.
  const [positions, sprites] = yield* Effect.all([
    prepared.positions,
    sheetsOf(store, prepared, clusters, options),
  ], { concurrency: 2 });
  if (positions !== known) {
    yield* orAnew("The map is", writeMapPositions(store, positions));
  }
  const map = yield* coloured(store, positions, tables, options);
  return { ...map, ...sprites && { sprites } };
});

/** Thumbnails of the points: those that are kept, or new ones. */
const sheetsOf = Effect.fnUntraced(function* (
  store: Store,
  { key: map, indices }: PreparedPositions,
  clusters: Int32Array,
  { squareOf, thumbnails = true }: ReportMapOptions,
) {
  if (!thumbnails) return undefined;
  const shown = orderOf(indices, clusters).map((point) => indices[point]!);
  const key = sheetsKey(map, shown);
  const kept = yield* readMapSheets(store, key);
  if (kept !== undefined || squareOf === undefined) return kept;
  const sheets = yield* mapSheets(shown, squareOf);
  yield* orAnew(
    "The thumbnails of the map are",
    writeMapSheets(store, key, sheets),
  );
  return sheets;
});

/**
 * Reads the map that an earlier {@link reportMap} left, of whichever epoch, and
 * computes nothing.
 *
 * @param run The run folder.
 * @param options See {@link ReadMapOptions}.
 * @returns The map with the run's present clusters, or nothing where there is
 * none; or the errors of the run folder.
 */
export const readReportMap: (
  run: string,
  options?: ReadMapOptions,
) => Effect.Effect<ReportMap | undefined, ReadMapError> = Effect.fn(
  "readReportMap",
)(function* (run, options = {}) {
  const store = folderStore(run);
  const positions = yield* readMapPositions(store);
  if (positions === undefined) return undefined;
  const tables = yield* readRunImages(store);
  const map = yield* coloured(store, positions, tables, options);
  const sprites = options.thumbnails === false
    ? undefined
    : yield* readMapSheets(store, sheetsKey(positions.key, map.indices));
  return { ...map, ...sprites && { sprites } };
});

/** Adds to positions what the images are called and belong to. */
const coloured = Effect.fnUntraced(function* (
  store: Store,
  map: MapPositions,
  { ids }: RunImageTables,
  { labels, thumbnails = true }: ReadMapOptions,
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
});

/** Points in the order of their clusters. */
const orderOf = (indices: Int32Array, clusters: Int32Array): Int32Array =>
  Int32Array.from(indices.keys()).sort((a, b) =>
    clusters[indices[a]!]! - clusters[indices[b]!]! || a - b
  );

/** Everything that the sheets of a map depend on. */
const sheetsKey = (map: string, indices: Int32Array): string =>
  keyOf({
    map,
    order: sha256Of(bytesOf(indices)),
    decoder: decoderVersion,
    versions: [sheetsVersion],
  });

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
