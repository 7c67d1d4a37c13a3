/**
 * The map of a run's features as it is shown.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { Progress } from "@deepcluster/core";
import { decoderVersion, type ImageSource } from "@deepcluster/data";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  assignmentEpochs,
  NoClustersError,
  readAssignedClusters,
  readRunImages,
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
  colourPoints,
  orderOf,
  type ReadMapError,
  type ReadMapOptions,
  type ReportMap,
} from "./colour_points.ts";
import { readMapPositions, writeMapPositions } from "./map_file.ts";
import { mapSheets, sheetsVersion, type SquareOf } from "./map_sheets.ts";
import { readMapSheets, writeMapSheets } from "./map_sheets_file.ts";
import { orAnew } from "../images/or_anew.ts";
import type { OpenRunImageSet } from "../images/run_image_set.ts";
import {
  type PositionsError,
  type PreparedPositions,
  preparePositions,
} from "./map_positions.ts";

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

/** What {@link reportMap} fails with. */
export type ReportMapError =
  | NoClustersError
  | PositionsError
  | ReadMapError
  | SaveTensorsError;

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
  const map = yield* colourPoints(store, positions, tables, options);
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
  const map = yield* colourPoints(store, positions, tables, options);
  const sprites = options.thumbnails === false
    ? undefined
    : yield* readMapSheets(store, sheetsKey(positions.key, map.indices));
  return { ...map, ...sprites && { sprites } };
});

/** Everything that the sheets of a map depend on. */
const sheetsKey = (map: string, indices: Int32Array): string =>
  keyOf({
    map,
    order: sha256Of(bytesOf(indices)),
    decoder: decoderVersion,
    versions: [sheetsVersion],
  });
