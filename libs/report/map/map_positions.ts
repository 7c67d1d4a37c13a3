/**
 * Where the images of a run lie in the plane, computed.
 *
 * @module
 */
import { type Assigner, whitenRows } from "@deepcluster/clustering";
import { type Progress, type RowReader, rowsOf } from "@deepcluster/core";
import { digestAt, type ImageSource, selected } from "@deepcluster/data";
import {
  imagesFor,
  type OpenEvaluationImagesError,
  openReadableImages,
} from "@deepcluster/evaluation";
import {
  defaultBatch,
  layerFeatures,
  type LayerFeaturesError,
  readRows,
} from "@deepcluster/features";
import { Backend } from "@deepcluster/gpu-backend";
import {
  embed,
  embedByCentroids,
  type Embedding,
  embeddingVersion,
} from "@deepcluster/manifold";
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
  /** Names the draws. Default: the run's seed. */
  readonly seed?: number;
  /** Points of a map, at most; see {@link computePositions}. */
  readonly maxPoints: number;
}

/** What computing positions fails with. */
export type PositionsError =
  | LayerFeaturesError
  | OpenEvaluationImagesError
  | OpenModelError
  | OpenRunClustersError
  | Effect.Error<ReturnType<typeof embed>>;

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
 * Computes where the images of a run lie, or finds that they are known.
 *
 * Up to `maxPoints` images: UMAP of the features of the newest checkpoint.
 * More: UMAP of the centroids of the newest clustering, and `maxPoints` images,
 * drawn by cluster, placed by their nearest centroids. Images that are gone, or
 * no longer those that the run learned from, are left out and counted.
 *
 * @param run The run folder.
 * @param options See {@link PositionsOptions}.
 * @param known Positions from before.
 * @returns The positions: `known` itself where nothing that they depend on has
 * changed. Or the errors of the run folder, the images, or the engine.
 */
export const computePositions: (
  run: string,
  options: PositionsOptions,
  known: MapPositions | undefined,
) => Effect.Effect<
  MapPositions,
  PositionsError,
  Assigner | Backend | Progress | Scope.Scope
> = Effect.fn("computePositions")(function* (run, options, known) {
  const { tables, clusters, source, batch = defaultBatch } = options;
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
    maxPoints: options.maxPoints,
    versions: [embeddingVersion],
  });
  if (known?.key === key) return known;
  const images = yield* openImages(source, model, indices, options);
  const layer = model.layers.find(({ name }) => name === "features")!;
  const found = yield* layerFeatures(model, images.set, [layer], {
    folder: options.cache,
    batch,
    data: { name: source.name },
  });
  const features = readRows(found[layer.name]!, images.rows);
  return {
    key,
    indices: images.indices,
    leftOut: indices.length - images.indices.length,
    epoch: model.run!.epoch,
    ...yield* place(features, seed),
  };
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

/** The wanted images of a run that are there and are those of the run. */
const openImages = Effect.fnUntraced(function* (
  source: ImageSource,
  model: EvaluatedModel,
  indices: Int32Array,
  { tables, cache }: PositionsOptions,
) {
  const indexOf = new Map(
    Array.from(indices, (index) => [tables.ids[index]!, index]),
  );
  const wanted = Int32Array.from(source.ids.keys())
    .filter((sourceIndex) => indexOf.has(source.ids[sourceIndex]!));
  const set = yield* openReadableImages(
    selected({ source }, wanted).source,
    {
      ...imagesFor(model),
      folder: cache,
      maxUnreadableShare: model.run!.configuration.maxUnreadableShare,
    },
  );
  const rows: number[] = [];
  const kept: number[] = [];
  for (let row = 0; row < set.size; row++) {
    const index = indexOf.get(set.id(row))!;
    const sha256 = tables.sha256s?.[index];
    const isSame = sha256 === undefined ||
      digestAt(set.digests, set.sourceIndices[row]!) === sha256;
    if (!isSame) continue;
    rows.push(row);
    kept.push(index);
  }
  return {
    set,
    rows: Int32Array.from(rows),
    indices: Int32Array.from(kept),
  };
});
