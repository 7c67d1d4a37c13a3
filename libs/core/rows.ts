/**
 * Rows that need not fit in memory: what a pass over spilled features reads.
 *
 * @module
 */
import { Effect } from "effect";
import { type Matrix, matrix } from "./matrix.ts";

/** A matrix read a block of rows at a time, from memory or from disk. */
export interface Rows<E = never> {
  /** Number of points. */
  readonly rows: number;
  /** Number of features of each. */
  readonly columns: number;
  /**
   * Reads rows `start` to `start + count - 1`, shape `[count, columns]`.
   * The block may share memory with the source: do not write to it.
   */
  readonly read: (start: number, count: number) => Effect.Effect<Matrix, E>;
}

/**
 * Reads a matrix in memory as blocks, without a copy.
 *
 * @param m The matrix.
 * @returns Its rows.
 */
export const rowsOf = (m: Matrix): Rows => ({
  rows: m.rows,
  columns: m.columns,
  read: (start, count) =>
    Effect.succeed(matrix(
      count,
      m.columns,
      m.data.subarray(start * m.columns, (start + count) * m.columns),
    )),
});
