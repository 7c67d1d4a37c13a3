/**
 * The vectors of an index: a file of float32 rows, little-endian, row after
 * row, in blocks of about a mebibyte whose checksums are kept elsewhere.
 *
 * Opening reads none of it: a block is checked when one of its rows is first
 * read.
 *
 * @module
 */
import { matrix, type RowReader } from "@deepcluster/core";
import {
  bytesOf,
  encoded,
  flush,
  openForReading,
  openForWriting,
  readAll,
  sha256Of,
  sizeOfOpenFile,
  StorageError,
  truncate,
  writeAll,
} from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import type { DatabaseSync } from "node:sqlite";
import { computeAgain, DamagedIndexError } from "./errors.ts";

/** What is recorded of a block. */
export interface VectorBlock {
  /** Rows of it; all but the last block are full. */
  readonly rows: number;
  /** Of the bytes of these rows. */
  readonly sha256: string;
}

/**
 * Reads what is recorded of the blocks of an index.
 *
 * @param database A connection to `index.db`.
 * @returns All blocks, in order.
 */
export const recordedBlocks = (
  database: DatabaseSync,
): readonly VectorBlock[] =>
  database.prepare("SELECT rows, sha256 FROM blocks ORDER BY block").all()
    .map(({ rows, sha256 }) => ({
      rows: Number(rows),
      sha256: String(sha256),
    }));

/** What reading vectors can fail with. */
export type VectorFileError = DamagedIndexError | StorageError;

/** Vectors that are checked as they are read. */
export interface VectorReader extends RowReader<VectorFileError> {
  /** Rows of a full block. */
  readonly blockRows: number;
  /** SHA-256 of the checksums of all blocks: other vectors, another digest. */
  readonly digest: string;
  /** Blocks that are not what was written; reads all that is unchecked. */
  readonly damagedBlocks: Effect.Effect<readonly number[], StorageError>;
}

/**
 * Rows of a full block.
 *
 * @param columns Values of a row.
 * @returns As many as fit in a mebibyte, at least one.
 */
export const rowsOfBlock = (columns: number): number =>
  Math.max(1, Math.floor(2 ** 20 / (4 * columns)));

/**
 * Opens vectors for reading while the scope lasts.
 *
 * @param path The file.
 * @param columns Values of a row.
 * @param blocks What is recorded of each block, in order.
 * @param advice What helps when a block is damaged. Default: computing it
 * again.
 * @returns The rows; reading fails with `DamagedIndexError`, which names the
 * block, or with `StorageError`.
 */
export const readVectors: (
  path: string,
  columns: number,
  blocks: readonly VectorBlock[],
  advice?: string,
) => Effect.Effect<VectorReader, StorageError, Scope.Scope> = Effect.fnUntraced(
  function* (path, columns, blocks, advice = computeAgain) {
    const handle = yield* openForReading(path);
    const blockRows = rowsOfBlock(columns);
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    const checked = new Uint8Array(blocks.length);
    const readRows = (start: number, into: Float32Array) =>
      readAll(path, handle, bytesOf(into), start * columns * 4);
    const checkBlock = Effect.fnUntraced(function* (
      block: number,
      room?: Float32Array,
    ): Effect.fn.Return<Float32Array, VectorFileError> {
      const recorded = blocks[block]!;
      const first = block * blockRows;
      const last = first + recorded.rows - 1;
      const damagedBlock = (state: string) =>
        new DamagedIndexError({
          path,
          found: `block ${block} (rows ${first} to ${last}) ${state}`,
          advice,
        });
      const values = room ?? new Float32Array(recorded.rows * columns);
      yield* readRows(first, values).pipe(
        Effect.catchIf(
          ({ reason }) => reason === "wrong-size",
          () => damagedBlock("is cut off"),
        ),
      );
      if (sha256Of(bytesOf(values)) !== recorded.sha256) {
        return yield* damagedBlock("has changed");
      }
      checked[block] = 1;
      return values;
    });
    return {
      rows,
      columns,
      blockRows,
      digest: sha256Of(encoded(blocks.map(({ sha256 }) => sha256).join())),
      read: Effect.fnUntraced(function* (start, count, into) {
        if (!(start >= 0 && count >= 0 && start + count <= rows)) {
          return yield* new StorageError({
            action: "read",
            path,
            reason: "wrong-size",
            detail: `rows ${start} to ${start + count} of ${rows}`,
          });
        }
        const found = matrix(
          count,
          columns,
          into?.subarray(0, count * columns),
        );
        for (let row = start; row < start + count;) {
          const block = Math.floor(row / blockRows);
          const first = block * blockRows;
          const end = Math.min(start + count, first + blocks[block]!.rows);
          const part = found.data.subarray(
            (row - start) * columns,
            (end - start) * columns,
          );
          if (checked[block] === 1) yield* readRows(row, part);
          else if (end - row === blocks[block]!.rows) {
            yield* checkBlock(block, part);
          } else {
            const values = yield* checkBlock(block);
            const from = (row - first) * columns;
            part.set(values.subarray(from, from + part.length));
          }
          row = end;
        }
        return found;
      }),
      damagedBlocks: Effect.gen(function* () {
        const damaged: number[] = [];
        for (let block = 0; block < blocks.length; block++) {
          yield* Effect.catchTag(
            checkBlock(block),
            "DamagedIndexError",
            () => Effect.sync(() => damaged.push(block)),
          );
        }
        return damaged;
      }),
    } satisfies VectorReader;
  },
);

/** A block that has changed since it was last recorded. */
export interface ChangedBlock extends VectorBlock {
  /** Its number. */
  readonly block: number;
}

/** Vectors that can grow. One process writes them at a time. */
export interface VectorWriter {
  /** Rows so far. */
  readonly rows: () => number;
  /** Puts a row behind the last one. */
  readonly append: (row: Float32Array) => Effect.Effect<void, StorageError>;
  /**
   * Makes all rows so far survive a kill and a power cut, and tells which
   * blocks have changed since the last time.
   */
  readonly sync: Effect.Effect<readonly ChangedBlock[], StorageError>;
}

/**
 * Opens vectors for writing while the scope lasts. What lies behind the
 * recorded rows is cut off.
 *
 * @param path The file, made when it is missing.
 * @param columns Values of a row.
 * @param blocks What is recorded of each block, in order.
 * @returns The file, or `DamagedIndexError` when the last block, which is to
 * grow, is not what was written, or `StorageError`.
 */
export const writeVectors: (
  path: string,
  columns: number,
  blocks: readonly VectorBlock[],
) => Effect.Effect<VectorWriter, VectorFileError, Scope.Scope> = Effect
  .fnUntraced(function* (path, columns, blocks) {
    const handle = yield* openForWriting(path);
    const blockRows = rowsOfBlock(columns);
    let rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    if ((yield* sizeOfOpenFile(path, handle)) > rows * columns * 4) {
      yield* truncate(path, handle, rows * columns * 4);
    }
    /** The block that grows, and how much of it is in the file. */
    const growing = matrix(blockRows, columns);
    let written = rows % blockRows;
    if (written > 0) {
      const reader = yield* readVectors(path, columns, blocks);
      yield* reader.read(rows - written, written, growing.data);
    }
    let changed: ChangedBlock[] = [];
    const writeGrowing = Effect.fnUntraced(function* () {
      const block = Math.floor((rows - 1) / blockRows);
      const filled = rows - block * blockRows;
      if (filled === written) return;
      const values = growing.data.subarray(0, filled * columns);
      yield* writeAll(
        path,
        handle,
        bytesOf(values.subarray(written * columns)),
        (block * blockRows + written) * columns * 4,
      );
      changed = changed.filter((one) => one.block !== block);
      changed.push({ block, rows: filled, sha256: sha256Of(bytesOf(values)) });
      written = filled === blockRows ? 0 : filled;
    });
    return {
      rows: () => rows,
      append: Effect.fnUntraced(function* (row) {
        growing.data.set(row, (rows % blockRows) * columns);
        rows++;
        if (rows % blockRows === 0) yield* writeGrowing();
      }),
      sync: Effect.gen(function* () {
        if (rows % blockRows !== 0) yield* writeGrowing();
        yield* flush(path, handle);
        const all = changed;
        changed = [];
        return all;
      }),
    } satisfies VectorWriter;
  });
