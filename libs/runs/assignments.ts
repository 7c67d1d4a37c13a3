/**
 * Which image is in which cluster, as a table that a person can open:
 * `assignments/epoch-0003.tsv` with the columns `path` and `cluster`.
 *
 * @module
 */
import {
  type ArtifactRef,
  type CheckpointStore,
  readTable,
  type StorageError,
  TableError,
  writeTable,
} from "@deepcluster/storage";
import { Effect } from "effect";

/** Images and their clusters. */
export interface Assignments {
  /** Names of the images, as their source gives them. */
  readonly paths: ReadonlyArray<string>;
  /** Cluster of each, from 0, shape `[paths.length]`. */
  readonly clusters: Int32Array;
}

/** Columns of the table. */
export const columns: readonly string[] = ["path", "cluster"];

/** What the second of them must be. */
export const clusterRule = "a cluster must be a number from 0";

/**
 * Names the table of an epoch.
 *
 * @param epoch Epoch, from 0.
 * @returns Path in the store.
 */
export const assignmentsPath = (epoch: number): string =>
  `assignments/epoch-${String(epoch).padStart(4, "0")}.tsv`;

/**
 * Writes the clusters of an epoch. Tabs, line ends and backslashes in names
 * are escaped as {@link writeTable} says.
 *
 * @param store The run's store.
 * @param epoch Epoch, from 0.
 * @param assignments Images and clusters, as many.
 * @returns The table's reference, or `StorageError`.
 *
 * @example Written and read back
 * ```ts
 * import { readAssignments, writeAssignments } from "@deepcluster/runs";
 * import { CheckpointStore } from "@deepcluster/storage";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const assignments = { paths: ["a.png"], clusters: Int32Array.of(7) };
 * const program = Effect.gen(function* () {
 *   const store = yield* CheckpointStore;
 *   yield* writeAssignments(store, 3, assignments);
 *   return yield* readAssignments(store, 3);
 * });
 * const back = await Effect.runPromise(
 *   Effect.provide(program, CheckpointStore.layerMemory),
 * );
 * assert.deepEqual(back, assignments);
 * ```
 */
export const writeAssignments: (
  store: CheckpointStore["Service"],
  epoch: number,
  assignments: Assignments,
) => Effect.Effect<ArtifactRef, StorageError> = Effect.fn("writeAssignments")(
  function* (
    store,
    epoch,
    { paths, clusters },
  ) {
    if (paths.length !== clusters.length) {
      return yield* Effect.die(
        new RangeError(
          `Cannot write assignments as each path must have a cluster: ` +
            `paths=${paths.length}, clusters=${clusters.length}`,
        ),
      );
    }
    const rows = function* () {
      for (const [i, path] of paths.entries()) yield [path, `${clusters[i]}`];
    };
    return yield* writeTable(store, assignmentsPath(epoch), columns, rows());
  },
);

/** What {@link readAssignments} fails with. */
export type ReadAssignmentsError = StorageError | TableError;

/**
 * Reads the clusters of an epoch.
 *
 * @param store The run's store.
 * @param epoch Epoch, from 0.
 * @returns Images and clusters, in the order in which they were written, or
 * `TableError` when the table was tampered with, or `StorageError`.
 */
export const readAssignments: (
  store: CheckpointStore["Service"],
  epoch: number,
) => Effect.Effect<Assignments, ReadAssignmentsError> = Effect.fn(
  "readAssignments",
)(function* (
  store,
  epoch,
) {
  const path = assignmentsPath(epoch);
  const paths: Array<string> = [];
  const clusters: Array<number> = [];
  yield* readTable(store, path, columns, ([image, cluster]) => {
    paths.push(image!);
    clusters.push(/^\d{1,9}$/.test(cluster!) ? Number(cluster) : -1);
  });
  const wrong = clusters.indexOf(-1);
  if (wrong < 0) return { paths, clusters: Int32Array.from(clusters) };
  return yield* new TableError({
    path: store.pathOf(path),
    line: wrong + 2,
    rule: clusterRule,
    found: "another word",
  });
});

/**
 * Lists the epochs whose assignments are there.
 *
 * @param store The run's store.
 * @returns Epochs, ascending, or `StorageError`.
 */
export const assignmentEpochs: (
  store: CheckpointStore["Service"],
) => Effect.Effect<readonly number[], StorageError> = Effect.fn(
  "assignmentEpochs",
)(function* (store) {
  return (yield* store.list("assignments/epoch-"))
    .flatMap((path) => {
      const [, epoch] = /-(\d{4,})\.tsv$/.exec(path) ?? [];
      return epoch === undefined ? [] : [Number(epoch)];
    })
    .sort((a, b) => a - b);
});
