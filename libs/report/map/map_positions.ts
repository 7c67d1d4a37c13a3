/**
 * Where the images of a run lie in the plane.
 *
 * @module
 */
import { type Assigner, whitenRows } from "@deepcluster/clustering";
import { type Progress, type RowReader, rowsOf } from "@deepcluster/core";
import { decoderVersion, type ImageSource } from "@deepcluster/data";
import type { OpenEvaluationImagesError } from "@deepcluster/evaluation";
import {
  defaultBatch,
  featuresVersion,
  layerFeatures,
  type LayerFeaturesError,
} from "@deepcluster/features";
import { Backend } from "@deepcluster/gpu-backend";
import {
  embed,
  embedByCentroids,
  type Embedding,
  embeddingVersion,
} from "@deepcluster/manifold";
import type { NeighboursError } from "@deepcluster/neighbours";
import {
  type EvaluatedModel,
  openModel,
  type OpenModelError,
  openRunClusters,
  type OpenRunClustersError,
  type RunImageTables,
} from "@deepcluster/runs";
import { keyOf, type StorageError } from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import {
  type OpenRunImageSet,
  openRunImageSet,
} from "../images/run_image_set.ts";
import { drawByCluster } from "./draw_by_cluster.ts";
import type { MapPositions } from "./map_file.ts";

/** What the positions of a run's images are computed from. */
export interface PositionsOptions {
  /** Its images: the tables in its folder. */
  readonly tables: Pick<RunImageTables, "ids" | "sha256s">;
  /** The clusters of its newest epoch, `[n]`. */
  readonly clusters: Int32Array;
  /** The images themselves. */
  readonly source: ImageSource;
  /** Folder that keeps features: the `--cache` of `evaluate`. */
  readonly cache: string;
  /** Images of a run of the network. Default: 32. */
  readonly batch?: number;
  /** Opens the images. Default: {@link openRunImageSet}. */
  readonly open?: OpenRunImageSet;
  /** Names the draws. Default: the run's seed. */
  readonly seed?: number;
  /** Points of a map, at most; see {@link preparePositions}. */
  readonly maxPoints: number;
}

/** What computing positions fails with. */
export type PositionsError =
  | LayerFeaturesError
  | NeighboursError
  | OpenEvaluationImagesError
  | OpenModelError
  | OpenRunClustersError
  | StorageError;

/** Positions that are known, or how to compute them. */
export interface PreparedPositions {
  /** Names everything that they depend on. */
  readonly key: string;
  /** Each point's image, its rank among the run's images. */
  readonly indices: Int32Array;
  /** The positions; those from before where nothing has changed. */
  readonly positions: Effect.Effect<
    MapPositions,
    PositionsError,
    Backend | Progress | Scope.Scope
  >;
}

/** The model whose features are shown, and how they are placed. */
interface Subject {
  readonly model: EvaluatedModel;
  /** The run's images on the map, ascending. */
  readonly indices: Int32Array;
  /** Places features; {@link embed} or {@link embedByCentroids}. */
  readonly place: (
    features: RowReader<StorageError>,
    seed: number,
  ) => Effect.Effect<
    Embedding,
    PositionsError,
    Backend | Progress
  >;
}

/**
 * Finds out which images of a run are on its map, and whether their positions
 * are known.
 *
 * Up to `maxPoints` images: UMAP of the features of the newest checkpoint.
 * More: UMAP of the centroids of the newest clustering, and `maxPoints` images,
 * drawn by cluster, placed by their nearest centroids. Images that are gone, or
 * no longer those that the run learned from, are left out and counted.
 *
 * @param run The run folder.
 * @param options See {@link PositionsOptions}.
 * @param known Positions from before.
 * @returns The points, with their positions yet to be computed unless nothing
 * that they depend on has changed; or the errors of the run folder and of the
 * images.
 */
export const preparePositions: (
  run: string,
  options: PositionsOptions,
  known: MapPositions | undefined,
) => Effect.Effect<
  PreparedPositions,
  PositionsError,
  Assigner | Backend | Progress | Scope.Scope
> = Effect.fn("preparePositions")(function* (run, options, known) {
  const { tables, clusters, source, batch = defaultBatch } = options;
  const { open = openRunImageSet } = options;
  const { info } = yield* Backend;
  const { model, indices, place } = yield* clusters.length > options.maxPoints
    ? byCentroids(run, options)
    : directly(run, clusters.length);
  const seed = options.seed ?? model.run!.configuration.seed;
  const key = keyOf({
    model: model.identity,
    images: Array.from(indices, (i) => tables.sha256s?.[i] ?? tables.ids[i]),
    batch,
    engine: info.identity,
    seed,
    byCentroids: place !== embed,
    decoder: decoderVersion,
    versions: [embeddingVersion, featuresVersion],
  });
  if (known?.key === key) {
    return { key, indices: known.indices, positions: Effect.succeed(known) };
  }
  const images = yield* open(model, indices, {
    ...options,
    maxUnreadableShare: model.run!.configuration.maxUnreadableShare,
  });
  const layer = model.layers.find(({ name }) => name === "features")!;
  const positions = Effect.gen(function* () {
    const found = yield* layerFeatures(model, images, [layer], {
      folder: options.cache,
      batch,
      data: { name: source.name },
    });
    return {
      key,
      indices: images.indices,
      leftOut: images.leftOut,
      epoch: model.run!.epoch,
      ...yield* place(found[layer.name]!, seed),
    };
  });
  return { key, indices: images.indices, positions };
});

const directly = Effect.fnUntraced(function* (run: string, n: number) {
  const model = yield* openModel(run, { seed: 0 });
  const indices = Int32Array.from({ length: n }, (_, i) => i);
  return { model, indices, place: embed } satisfies Subject;
});

const byCentroids = Effect.fnUntraced(function* (
  run: string,
  { clusters, maxPoints, seed }: PositionsOptions,
) {
  const { centroids, model, whitening } = yield* openRunClusters(run);
  const { configuration } = model.run;
  const draw = seed ?? configuration.seed;
  return {
    model,
    indices: drawByCluster(clusters, maxPoints, draw),
    place: Effect.fnUntraced(function* (features, seed) {
      const points = yield* whitenRows(features, whitening);
      return yield* embedByCentroids(
        rowsOf(points),
        centroids,
        features,
        seed,
      );
    }),
  } satisfies Subject;
});
