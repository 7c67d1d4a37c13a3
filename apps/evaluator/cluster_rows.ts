/**
 * Features to clusters: reduction, and a k-means that resumes where it was
 * stopped.
 *
 * @module
 */
import {
  Assigner,
  type ClusterReport,
  fitWhitening,
  kmeans,
  type KMeansState,
  reportClustering,
  type Whitening,
  whitenRows,
} from "@deepcluster/clustering";
import {
  type Matrix,
  Progress,
  readInto,
  type RowReader,
  sharedMatrix,
} from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import { keyOf, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";

/** Everything that decides the clusters, with the features' content. */
export interface ClusterSettings {
  /** The features that are clustered. */
  readonly features: {
    /** Name of their file. */
    readonly name: string;
    /** SHA-256 of their file. */
    readonly sha256: string;
    /** Number of rows, n. */
    readonly rows: number;
    /** Values of a row, d. */
    readonly columns: number;
  };
  /** Number of clusters. */
  readonly clusters: number;
  /** Dimensions that PCA keeps; null: no reduction. */
  readonly pca: number | null;
  /** Lloyd iterations. */
  readonly iterations: number;
  /** Names every random draw. */
  readonly seed: number;
}

/** Clusters of features. */
export interface ClusteredRows {
  /** `[n]` cluster of each row. */
  readonly assignments: Int32Array;
  /** `[n]` distance of each row to its centroid, in the clustered space. */
  readonly distances: Float64Array;
  /** `[k, c]`. */
  readonly centroids: Matrix;
  /** How rows were reduced, unless they were clustered as they are. */
  readonly whitening?: Whitening;
  /** Figures of the clustering. */
  readonly report: ClusterReport;
}

/** Where a k-means that is stopped leaves its state. */
export interface SavedStates {
  /** The state that was saved with this key, if it is intact. */
  readonly load: (
    key: string,
  ) => Effect.Effect<KMeansState | undefined, StorageError>;
  /** Replaces what was saved. */
  readonly save: (
    key: string,
    state: KMeansState,
  ) => Effect.Effect<void, StorageError>;
}

/**
 * Clusters rows.
 *
 * Memory: the reduced rows, or all of them as float32 without a reduction.
 *
 * @param rows `[n, d]`.
 * @param settings See {@link ClusterSettings}.
 * @param saved Where the state is kept between iterations.
 * @returns The clusters, or the errors of reduction and k-means.
 */
export const clusterRows = Effect.fn("clusterRows")(function* <E>(
  rows: RowReader<E>,
  settings: ClusterSettings,
  saved: SavedStates,
) {
  const { clusters: k, pca, iterations, seed } = settings;
  const progress = yield* Progress;
  const whitening = pca === null
    ? undefined
    : yield* fitWhitening(rows, { components: pca, seed });
  const points = whitening === undefined
    ? yield* allOf(rows)
    : yield* whitenRows(rows, whitening);
  const { info } = yield* Backend;
  const key = keyOf({
    ...settings,
    engine: info.identity,
    // Goes up when the points that are clustered change.
    version: 5,
  });
  const clustering = yield* kmeans(points, {
    k,
    iterations,
    seed,
    save: (state) => saved.save(key, state),
    onProgress: ({ history }) =>
      progress.report({
        phase: "cluster",
        done: history.length,
        total: iterations,
        unit: "iterations",
        // The mean squared distance, as reports have it.
        ...history.length > 0 && {
          figures: { loss: history.at(-1)!.loss / points.rows },
        },
      }),
  }, yield* saved.load(key));
  const { centroids } = clustering.state;
  const { distances } = yield* (yield* Assigner).assign(points, centroids);
  return {
    assignments: clustering.assignments,
    distances: distances.map(Math.sqrt),
    centroids,
    ...whitening && { whitening },
    report: yield* reportClustering(clustering),
  } satisfies ClusteredRows;
});

/** Rows of one read. */
const blockRows = 4096;

const allOf = Effect.fnUntraced(function* <E>(rows: RowReader<E>) {
  const all = sharedMatrix(rows.rows, rows.columns);
  for (let start = 0; start < rows.rows; start += blockRows) {
    const count = Math.min(blockRows, rows.rows - start);
    const into = all.data.subarray(start * rows.columns);
    yield* readInto(rows, start, count, into);
  }
  return all;
});
