/**
 * Clusters of the vectors of an index: those of the run that is its model, or
 * k-means on the finished vectors.
 *
 * @module
 */
import { Assigner, kmeans, type KMeansError } from "@deepcluster/clustering";
import { type Matrix, matrix, OptionError, Progress } from "@deepcluster/core";
import type { BackendError } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { join } from "node:path";
import {
  readCentroids,
  saveCentroids,
  type SaveCentroidsError,
} from "./centroids.ts";
import { readIndexArray } from "./index_arrays.ts";
import type { ClustersState, IndexReadError } from "./index_database.ts";
import { vectorsName } from "./index_files.ts";
import type { IndexWriter } from "./index_writer.ts";
import {
  readVectors,
  recordedBlocks,
  type VectorReader,
} from "./vector_file.ts";

/** How the vectors of an index are clustered. */
export interface IndexClusterOptions {
  /** `[k, c]`: those of the run that is the model. Default: k-means. */
  readonly centroids?: Matrix;
  /**
   * Clusters of k-means. Default: those that the index has; for a new one, one
   * for every 60 vectors, at least 2.
   */
  readonly clusters?: number;
  /** Whether k-means runs again. Default: false. */
  readonly recluster?: boolean;
  /** Seed of k-means. */
  readonly seed: number;
}

/** What {@link clusterVectors} fails with. */
export type ClusterVectorsError =
  | IndexReadError
  | KMeansError
  | SaveCentroidsError;

/**
 * Refuses another number of clusters than the index has, and more than there
 * are images: before any is computed.
 *
 * @param writer The index.
 * @param images Images that the index shall hold.
 * @param options See {@link IndexClusterOptions}.
 * @returns Nothing, or `OptionError`.
 */
export const requireSameClusters = (
  writer: IndexWriter,
  images: number,
  { clusters, centroids, recluster = false }: IndexClusterOptions,
): Effect.Effect<void, OptionError> => {
  const fail = (rule: string) =>
    Effect.fail(
      new OptionError({
        action: "update an index",
        option: "clusters",
        rule,
        value: String(clusters),
      }),
    );
  if (clusters === undefined) return Effect.void;
  if (centroids !== undefined) return fail("left out: the run has clusters");
  if (clusters > images) return fail(`at most the number of images, ${images}`);
  const { clusters: before } = writer.state();
  if (before === undefined || recluster || before.k === clusters) {
    return Effect.void;
  }
  return fail(
    `the index's own, ${before.k}, unless it comes with --recluster`,
  );
};

/**
 * Finds the cluster of every vector that has none; finds clusters first where
 * the index has none.
 *
 * A function of the vectors, the options and the engine, so that it gives the
 * same clusters whenever it was killed. Memory: all vectors once, when k-means
 * runs.
 *
 * @param writer The index, all of whose vectors are committed.
 * @param folder Its folder.
 * @param options See {@link IndexClusterOptions}.
 * @returns Nothing, or the errors of reading, writing and clustering.
 */
export const clusterVectors: (
  writer: IndexWriter,
  folder: string,
  options: IndexClusterOptions,
) => Effect.Effect<void, ClusterVectorsError, Assigner | Progress> = Effect
  .fnUntraced(function* (writer, folder, options) {
    const blocks = yield* writer.database.run("read", recordedBlocks);
    const vectors = yield* readVectors(
      join(folder, vectorsName(writer.state().generation)),
      writer.columns,
      blocks,
    );
    const before = writer.state().clusters;
    if (before === undefined || options.recluster === true) {
      const found = yield* findCentroids(writer, vectors, options);
      if (found === undefined) return;
      const { centroids, ...rest } = found;
      const generation = (before?.generation ?? 0) + 1;
      yield* saveCentroids(folder, generation, centroids);
      writer.setState({
        complete: false,
        clusters: { ...rest, generation, k: centroids.rows },
      });
      if (rest.from === "kmeans") yield* writer.forgetClusters;
    }
    const state = writer.state().clusters;
    if (state?.from === "kmeans") {
      const centroids = yield* readCentroids(folder, writer.columns, state);
      yield* assignRest(writer, vectors, centroids);
    }
  }, Effect.scoped);

/** Centroids, and who found them. */
interface FoundCentroids extends Pick<ClustersState, "from" | "seed"> {
  readonly centroids: Matrix;
}

const findCentroids = Effect.fnUntraced(function* (
  writer: IndexWriter,
  vectors: VectorReader,
  { centroids, clusters, seed }: IndexClusterOptions,
): Effect.fn.Return<
  FoundCentroids | undefined,
  ClusterVectorsError,
  Assigner | Progress
> {
  if (centroids !== undefined) return { centroids, from: "run", seed: 0 };
  const live = yield* writer.database.run(
    "read",
    (database) => readIndexArray(database, { complete: false }, "live"),
  );
  const n = live.length;
  if (n === 0) return undefined;
  const k = clusters ?? Math.min(n, Math.max(2, Math.round(n / 60)));
  if (k > n) {
    return yield* new OptionError({
      action: "cluster the vectors of an index",
      option: "clusters",
      rule: `at most the number of different vectors, ${n}`,
      value: String(k),
    });
  }
  const points = matrix(n, vectors.columns);
  for (const [start, end] of runsOf(live)) {
    const into = points.data.subarray(start * vectors.columns);
    const { data } = yield* vectors.read(live[start]!, end - start, into);
    into.set(data);
  }
  const progress = yield* Progress;
  const total = 20;
  const { state } = yield* kmeans(points, {
    k,
    seed,
    iterations: total,
    onProgress: ({ history }) =>
      progress.report({
        phase: "cluster",
        unit: "iterations",
        done: history.length,
        total,
      }),
  });
  return { centroids: state.centroids, from: "kmeans", seed };
});

/** Assigns the rows that have no cluster yet to the nearest centroid. */
const assignRest = Effect.fnUntraced(function* (
  writer: IndexWriter,
  vectors: VectorReader,
  centroids: Matrix,
): Effect.fn.Return<void, BackendError | IndexReadError, Assigner> {
  const assigner = yield* Assigner;
  const rows = yield* writer.rowsWithoutCluster;
  for (const [start, end] of runsOf(rows)) {
    const points = yield* vectors.read(rows[start]!, end - start);
    const found = yield* assigner.assign(points, centroids);
    yield* writer.setClusters(
      rows[start]!,
      found.assignments,
      Float32Array.from(found.distances, Math.sqrt),
    );
  }
});

/** Rows that are read together at most. */
const rowsAtATime = 16_384;

/** Cuts ascending rows into ranges `[start, end)` of ranks that follow another. */
const runsOf = function* (
  rows: Int32Array,
): Iterable<readonly [start: number, end: number]> {
  for (let start = 0; start < rows.length;) {
    let end = start + 1;
    while (
      end < rows.length && rows[end] === rows[end - 1]! + 1 &&
      end - start < rowsAtATime
    ) end++;
    yield [start, end];
    start = end;
  }
};
