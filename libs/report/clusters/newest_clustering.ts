/**
 * The newest clustering of a run, for display.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import {
  assignmentEpochs,
  inEpoch,
  readAssignedClusters,
  type ReadAssignmentsError,
} from "@deepcluster/runs";
import { loadTensors, type Store, TableError } from "@deepcluster/storage";
import { Effect } from "effect";

/** A clustering as the run folder holds it. */
export interface NewestClustering {
  /** Its epoch, from 1. */
  readonly epoch: number;
  /** All epochs whose assignments are there, ascending; it is the last. */
  readonly epochs: readonly number[];
  /** `[n]` cluster of each image. */
  readonly assignments: Int32Array;
  /** Number of clusters by the settings. */
  readonly k: number;
  /** `[k, c]`; absent where they are damaged or removed. */
  readonly centroids?: Matrix;
  /** `[n]` distance of each image to its centroid, where the run kept it. */
  readonly distances?: Float32Array;
}

/**
 * Reads the newest clustering of a run. Neither its weights nor its features
 * are needed.
 *
 * @param store The run's store.
 * @param images Number of the run's images.
 * @param clusters Number of clusters by the settings.
 * @returns The clustering; undefined before the first; or `TableError` or
 * `StorageError` as {@link readRunAssignments}.
 */
export const readNewestClustering: (
  store: Store,
  images: number,
  clusters: number,
) => Effect.Effect<NewestClustering | undefined, ReadAssignmentsError> = Effect
  .fn("readNewestClustering")(function* (store, images, clusters) {
    const epochs = yield* assignmentEpochs(store);
    const epoch = epochs.at(-1);
    if (epoch === undefined) return undefined;
    const assignments = yield* readRunAssignments(store, epoch, images);
    return {
      epoch,
      epochs,
      assignments,
      k: clusters,
      ...yield* readCentroids(store, epoch),
    };
  });

/**
 * Reads the clusters of an epoch, one for each image of the run.
 *
 * @param store The run's store.
 * @param epoch Epoch, from 1.
 * @param images Number of the run's images.
 * @returns `[images]` clusters, or `TableError` when the table is damaged or of
 * another number of images, or `StorageError`.
 */
export const readRunAssignments: (
  store: Store,
  epoch: number,
  images: number,
) => Effect.Effect<Int32Array, ReadAssignmentsError> = Effect.fnUntraced(
  function* (store, epoch, images) {
    const clusters = yield* readAssignedClusters(store, epoch);
    if (clusters.length === images) return clusters;
    return yield* new TableError({
      path: store.pathOf(inEpoch("assignments", epoch, ".tsv")),
      line: Math.min(clusters.length, images) + 2,
      rule: `there must be a row for each of the ${images} images of the run`,
      found: `${clusters.length} rows`,
    });
  },
);

/** What cannot be read is unknown; a report shows the rest. */
const readCentroids = (store: Store, epoch: number) => {
  const path = inEpoch("clusters", epoch, ".safetensors");
  return loadTensors(store, path).pipe(
    Effect.map(({ tensors: { centroids, distances } }) => ({
      ...centroids && {
        centroids: matrix(
          centroids.shape[0]!,
          centroids.shape[1]!,
          centroids.data as Float32Array,
        ),
      },
      ...distances && { distances: distances.data as Float32Array },
    })),
    Effect.catch((error) =>
      Effect.as(
        Effect.logWarning(
          `Centroids and distances of epoch ${epoch} are left out: ` +
            error.message,
        ),
        {},
      )
    ),
  );
};
