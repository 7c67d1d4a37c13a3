/**
 * Features spilled to disk: a file of float32 rows that grows block by block
 * and is read block by block, so that memory holds one block.
 *
 * The file holds nothing but values, little-endian, row after row. Beside it,
 * `<path>.rows` records how many rows are known to be on disk. `sync` first
 * flushes the values, then replaces the record by renaming a flushed one over
 * it. A process killed at any moment, or a power cut, therefore leaves a
 * record that is true: of the state before a sync or after it. What lies
 * behind the recorded rows — a part of a block, blocks never flushed — is cut
 * off when the file is opened again, and computed again.
 *
 * @module
 */
import { type Matrix, matrix, type RowReader } from "@deepcluster/core";
import { Effect, Result, type Scope } from "effect";
import type { FileHandle } from "node:fs/promises";
import { removeFile, writeDurably } from "./files.ts";
import { formatRule, formatVersion, unknownFormat } from "./format_version.ts";
import { syncFolder } from "./system_calls.ts";
import { dirname } from "node:path";
import {
  flush,
  openForReading,
  openForWriting,
  readAll,
  readText,
  sizeOfFile,
  truncate,
  writeAll,
  wrongSize,
} from "./positioned_file.ts";
import type { StorageError } from "./errors.ts";

/** A file of features that can grow. One process writes it at a time. */
export interface RowFile {
  /** Where the values lie. */
  readonly path: string;
  /** Number of features of each row. */
  readonly columns: number;
  /** Rows so far: those found on opening, and those appended since. */
  readonly count: Effect.Effect<number>;
  /** Writes rows behind the last one; kept for good after the next `sync`. */
  readonly append: (block: Matrix) => Effect.Effect<void, StorageError>;
  /** Makes all rows so far survive a kill and a power cut. */
  readonly sync: Effect.Effect<void, StorageError>;
  /** The rows so far, for reading in blocks while the file is open. */
  readonly rows: Effect.Effect<RowReader<StorageError>>;
}

/**
 * Opens a file of features, new or left by a killed process.
 *
 * Rows that were never synced are cut off. The file is closed with the scope,
 * without a sync.
 *
 * @param path The file; its folder must exist.
 * @param columns Number of features of each row.
 * @returns The file, or `StorageError`: `wrong-size` when it was recorded
 * with another number of columns, or is shorter than recorded.
 *
 * @example Rows of one process, continued by another
 * ```ts
 * import { matrix } from "@deepcluster/core";
 * import { openRowFile } from "@deepcluster/storage";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const path = join(mkdtempSync(join(tmpdir(), "features-")), "epoch-0.f32");
 * const first = Effect.scoped(Effect.gen(function* () {
 *   const file = yield* openRowFile(path, 2);
 *   yield* file.append(matrix(2, 2, Float32Array.of(1, 2, 3, 4)));
 *   yield* file.sync;
 *   yield* file.append(matrix(1, 2, Float32Array.of(5, 6)));
 * }));
 * const second = Effect.scoped(Effect.gen(function* () {
 *   const file = yield* openRowFile(path, 2);
 *   const rows = yield* file.rows;
 *   return [...(yield* rows.read(0, rows.rows)).data];
 * }));
 * const values = await Effect.runPromise(Effect.andThen(first, second));
 * assert.deepEqual(values, [1, 2, 3, 4]);
 * ```
 */
export const openRowFile: (
  path: string,
  columns: number,
) => Effect.Effect<RowFile, StorageError, Scope.Scope> = Effect.fn(
  "openRowFile",
)(function* (
  path,
  columns,
) {
  const handle = yield* openForWriting(path);
  yield* syncFolder(dirname(path));
  const bytes = (rows: number) => rows * columns * 4;
  let count = yield* vouchedRows(path, handle, columns);
  if ((yield* sizeOfFile(path, handle)) > bytes(count)) {
    yield* truncate(path, handle, bytes(count));
  }
  return {
    path,
    columns,
    count: Effect.sync(() => count),
    append: Effect.fnUntraced(function* (block: Matrix) {
      if (block.columns !== columns) {
        const detail = `expected ${columns} columns, found ${block.columns}`;
        return yield* wrongSize("append to", path, detail);
      }
      yield* writeAll(path, handle, bytesOf(block.data), bytes(count));
      count += block.rows;
    }, Effect.uninterruptible),
    sync: Effect.uninterruptible(Effect.suspend(() => {
      const record = JSON.stringify({ columns, formatVersion, rows: count });
      return Effect.andThen(
        flush(path, handle),
        writeDurably(recordOf(path), new TextEncoder().encode(record)),
      );
    })),
    rows: Effect.sync(() => rowsIn(path, handle, count, columns)),
  };
});

/**
 * Opens a file of features for reading only: the rows that were synced.
 *
 * @param path The file.
 * @param columns Number of features of each row.
 * @returns Its rows, readable while the scope is open, or `StorageError`:
 * `missing` when there is no such file, `wrong-size` as
 * {@link openRowFile}.
 */
export const readRowFile: (
  path: string,
  columns: number,
) => Effect.Effect<RowReader<StorageError>, StorageError, Scope.Scope> = Effect
  .fn("readRowFile")(function* (
    path,
    columns,
  ) {
    const handle = yield* openForReading(path);
    const rows = yield* vouchedRows(path, handle, columns);
    return rowsIn(path, handle, rows, columns);
  });

/**
 * Removes a file of features and its record. Opened again, it is empty.
 *
 * @param path The file; one that does not exist is fine.
 * @returns Nothing, or `StorageError`.
 */
export const removeRowFile: (
  path: string,
) => Effect.Effect<void, StorageError> = Effect.fn("removeRowFile")(function* (
  path,
) {
  // The record goes first: without values it would no longer be true.
  yield* removeFile(recordOf(path));
  yield* removeFile(path);
});

const recordOf = (path: string): string => `${path}.rows`;

/** What a record states; nothing of one that is damaged. */
const parseRecord = (text: string) => {
  const record = Result.try(() =>
    JSON.parse(text) as {
      readonly columns: number;
      readonly formatVersion?: unknown;
      readonly rows: number;
    } | null
  ).pipe(Result.getOrNull);
  return Number.isInteger(record?.columns) && Number.isInteger(record?.rows) &&
      record!.columns >= 1 && record!.rows >= 0
    ? record!
    : undefined;
};

/** Rows that the record vouches for, none without one; all are there. */
const vouchedRows = Effect.fnUntraced(function* (
  path: string,
  handle: FileHandle,
  columns: number,
): Effect.fn.Return<number, StorageError> {
  const text = yield* readText(recordOf(path));
  if (text === undefined) return 0;
  const record = parseRecord(text);
  if (record === undefined) {
    const detail = "it must state columns >= 1 and rows >= 0 as JSON";
    return yield* wrongSize("read", recordOf(path), detail);
  }
  const unknown = unknownFormat(record.formatVersion);
  if (unknown !== undefined) {
    return yield* wrongSize(
      "read",
      recordOf(path),
      `${formatRule}: ${unknown}`,
    );
  }
  if (record.columns !== columns) {
    const detail = `expected ${columns} columns, found ${record.columns}`;
    return yield* wrongSize("open", path, detail);
  }
  const expected = record.rows * columns * 4;
  const found = yield* sizeOfFile(path, handle);
  if (found < expected) {
    const detail = `expected ${expected} bytes, found ${found}`;
    return yield* wrongSize("open", path, detail);
  }
  return record.rows;
});

const rowsIn = (
  path: string,
  handle: FileHandle,
  rows: number,
  columns: number,
): RowReader<StorageError> => ({
  rows,
  columns,
  read: Effect.fnUntraced(function* (start, count, into) {
    if (!(start >= 0 && count >= 0 && start + count <= rows)) {
      const detail = `rows ${start} to ${start + count} of ${rows}`;
      return yield* wrongSize("read", path, detail);
    }
    const block = matrix(count, columns, into?.subarray(0, count * columns));
    yield* readAll(path, handle, bytesOf(block.data), start * columns * 4);
    return block;
  }),
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
