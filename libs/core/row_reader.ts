/**
 * Rows that need not fit in memory: what a pass over spilled features reads.
 *
 * @module
 */
import { Effect } from "effect";
import { type Matrix, matrix } from "./matrix.ts";

/** A matrix read a block of rows at a time, from memory or from disk. */
export interface RowReader<E = never> {
  /** Number of points. */
  readonly rows: number;
  /** Number of features of each. */
  readonly columns: number;
  /**
   * Reads rows `start` to `start + count - 1`, shape `[count, columns]`.
   * The block may share memory with the source: do not write to it. It may lie
   * at the beginning of `into`, for which no memory need be found.
   */
  readonly read: (
    start: number,
    count: number,
    into?: Float32Array,
  ) => Effect.Effect<Matrix, E>;
}

/**
 * Reads a matrix in memory as blocks, without a copy.
 *
 * @param m The matrix.
 * @returns Its rows.
 */
export const rowsOf = (m: Matrix): RowReader => ({
  rows: m.rows,
  columns: m.columns,
  read: (start, count) =>
    Effect.succeed(matrix(
      count,
      m.columns,
      m.data.subarray(start * m.columns, (start + count) * m.columns),
    )),
});

/**
 * Reads rows to where they may be written to.
 *
 * @param rows `[n, d]`.
 * @param start The first row.
 * @param count How many.
 * @param into At least `count * d` values, of which the first are written.
 * @returns The block, which lies in `into`, or the error of reading.
 */
export const readInto = <E>(
  rows: RowReader<E>,
  start: number,
  count: number,
  into: Float32Array,
): Effect.Effect<Matrix, E> =>
  Effect.map(rows.read(start, count, into), ({ data, columns }) => {
    const block = into.subarray(0, count * columns);
    const there = data.buffer === into.buffer &&
      data.byteOffset === into.byteOffset;
    if (!there) block.set(data);
    return matrix(count, columns, block);
  });

/**
 * Holds rows in memory where they fit, for those who read them several times.
 *
 * @param rows `[n, d]`.
 * @param memoryBytes Memory that may be held.
 * @returns The same rows, read once where they fit; or the error of reading.
 */
export const heldRows = <E>(
  rows: RowReader<E>,
  memoryBytes: number,
): Effect.Effect<RowReader<E>, E> => {
  const values = rows.rows * rows.columns;
  if (4 * values > memoryBytes) return Effect.succeed(rows);
  return Effect.map(
    Effect.suspend(() =>
      readInto(rows, 0, rows.rows, new Float32Array(values))
    ),
    rowsOf,
  );
};
