/**
 * The tables `images.tsv` and `unreadable.tsv` of a run: its images with the
 * SHA-256 of their files, and those that are left out.
 *
 * @module
 */
import {
  type CheckpointStore,
  readTable,
  type StorageError,
  type TableError,
  writeTable,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { runFiles } from "./run_folder.ts";

/** An image that is left out of a run. */
export interface LeftOut {
  /** Its name in the source. */
  readonly id: string;
  /** Why. */
  readonly reason: string;
}

/** The images of a run's source, in the source's order. */
export interface RunImageTables {
  /** Names of the images that the run uses. */
  readonly ids: readonly string[];
  /**
   * SHA-256 of each of these in hexadecimal; absent in the runs of versions
   * that kept the hash of all images only.
   */
  readonly sha256s?: readonly string[];
  /** The others. */
  readonly leftOut: readonly LeftOut[];
}

const columns = ["path", "sha256"];
const earlierColumns = ["path"];
const leftOutColumns = ["path", "reason"];

/**
 * Writes both tables, that of the images last.
 *
 * @param store The run's store.
 * @param tables What they hold.
 * @returns Nothing, or `StorageError`.
 */
export const writeRunImages: (
  store: CheckpointStore["Service"],
  tables: Required<RunImageTables>,
) => Effect.Effect<void, StorageError> = Effect.fn("writeRunImages")(function* (
  store,
  { ids, sha256s, leftOut },
) {
  yield* writeTable(
    store,
    runFiles.unreadable,
    leftOutColumns,
    leftOut.map(({ id, reason }) => [id, reason]),
  );
  yield* writeTable(
    store,
    runFiles.images,
    columns,
    Iterator.from(ids.keys()).map((index) => [ids[index]!, sha256s[index]!]),
  );
});

/** What {@link readRunImages} fails with. */
export type ReadRunImagesError = StorageError | TableError;

/**
 * Reads both tables.
 *
 * @param store The run's store.
 * @returns What they hold, or `TableError` or `StorageError`.
 */
export const readRunImages: (
  store: CheckpointStore["Service"],
) => Effect.Effect<RunImageTables, ReadRunImagesError> = Effect.fn(
  "readRunImages",
)(function* (
  store,
) {
  const leftOut = yield* readLeftOut(store);
  const ids: string[] = [];
  if (yield* isOfEarlierVersion(store)) {
    yield* readTable(
      store,
      runFiles.images,
      earlierColumns,
      ([id]) => ids.push(id!),
    );
    return { ids, leftOut };
  }
  const sha256s: string[] = [];
  yield* readTable(store, runFiles.images, columns, ([id, sha256]) => {
    ids.push(id!);
    sha256s.push(sha256!);
  });
  return { ids, sha256s, leftOut };
});

/**
 * Reads the table of the images that are left out.
 *
 * @param store The run's store.
 * @returns Them, none while the table is not written yet; or `TableError` or
 * `StorageError`.
 */
export const readLeftOut: (
  store: CheckpointStore["Service"],
) => Effect.Effect<readonly LeftOut[], ReadRunImagesError> = Effect.fn(
  "readLeftOut",
)(function* (store) {
  const leftOut: LeftOut[] = [];
  yield* readTable(
    store,
    runFiles.unreadable,
    leftOutColumns,
    ([id, reason]) => leftOut.push({ id: id!, reason: reason! }),
  ).pipe(
    Effect.catchIf(
      (error) => error._tag === "StorageError" && error.reason === "missing",
      () => Effect.void,
    ),
  );
  return leftOut;
});

/** Versions before this column wrote paths only. */
const isOfEarlierVersion = Effect.fnUntraced(function* (
  store: CheckpointStore["Service"],
): Effect.fn.Return<boolean, StorageError> {
  const header = earlierColumns.join("\t") + "\n";
  const start = yield* store.read(runFiles.images, {
    start: 0,
    bytes: header.length,
  });
  return new TextDecoder().decode(start) === header;
});
