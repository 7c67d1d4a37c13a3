/**
 * Which images shared a cluster, epoch by epoch: since when a query and a
 * result have been together, and for how much of the training.
 *
 * The numbers of clusters mean nothing from one epoch to the next, but whether
 * two images are in one does.
 *
 * @module
 */
import {
  assignmentEpochs,
  readAssignments,
  type ReadAssignmentsError,
} from "@deepcluster/runs";
import { folderStore, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";

/** How long two images have shared a cluster. */
export interface SharedHistory {
  /**
   * The first epoch from which on they shared one in every later epoch; null
   * when they are apart in the newest.
   */
  readonly since: number | null;
  /** Epochs in which they shared one. */
  readonly epochs: number;
  /** Epochs that there are. */
  readonly of: number;
}

/** The clusters of a run's images in its epochs. */
export interface ClusterHistory {
  /** Epochs whose assignments are there, ascending. */
  readonly epochs: readonly number[];
  /**
   * Compares two images by their names in the run; undefined when either is
   * no image of the run.
   */
  readonly shared: (a: string, b: string) => SharedHistory | undefined;
}

/**
 * Loads the assignments of all epochs of a run.
 *
 * O(epochs · n) numbers are held; a comparison takes O(epochs).
 *
 * @param run The run folder.
 * @param until Newest epoch to look at. Default: the run's newest.
 * @returns The history, or `TableError` or `StorageError`.
 */
export const clusterHistory: (
  run: string,
  until?: number,
) => Effect.Effect<ClusterHistory, ReadAssignmentsError | StorageError> = Effect
  .fn("clusterHistory")(function* (run, until = Infinity) {
    const store = folderStore(run);
    const epochs = (yield* assignmentEpochs(store))
      .filter((epoch) => epoch <= until);
    const tables = yield* Effect.forEach(
      epochs,
      (epoch) => readAssignments(store, epoch),
    );
    const ranks = new Map(tables.at(-1)?.paths.map((path, i) => [path, i]));
    return historyOf(
      epochs,
      tables.map(({ clusters }) => clusters),
      (name) => ranks.get(name),
    );
  });

/**
 * Compares images by assignments that are in memory.
 *
 * @param epochs Ascending.
 * @param assignments `[n]` clusters of the same images in each of the epochs.
 * @param rankOf Rank of an image in these.
 * @returns The history.
 */
export const historyOf = (
  epochs: readonly number[],
  assignments: readonly Int32Array[],
  rankOf: (name: string) => number | undefined,
): ClusterHistory => ({
  epochs,
  shared: (a, b) => {
    const [first, second] = [rankOf(a), rankOf(b)];
    if (first === undefined || second === undefined) return undefined;
    const together = assignments.map((clusters) =>
      clusters[first] === clusters[second]
    );
    const apart = together.lastIndexOf(false);
    return {
      since: epochs[apart + 1] ?? null,
      epochs: together.filter(Boolean).length,
      of: epochs.length,
    };
  },
});
