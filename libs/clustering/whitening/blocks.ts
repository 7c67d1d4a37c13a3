/**
 * Features in blocks of equal shape, so that one compiled program serves all.
 *
 * @module
 */
import { type Matrix, matrix, type RowReader } from "@deepcluster/core";
import { Effect } from "effect";

/** Elements of one block: 32 MiB. */
const elementsPerBlock = 2 ** 23;
/** More rows gain nothing. */
const maxRows = 8192;
/** Fewer rows make slow matrix products. */
const minRows = 256;

/** A range of rows. */
export interface Block {
  /** Number of the first row. */
  readonly start: number;
  /** Number of rows. */
  readonly count: number;
}

/**
 * Returns the number of rows of a full block.
 *
 * @param rows `[n, d]`.
 * @returns At most n.
 */
export const blockRows = (
  { rows: n, columns: d }: RowReader<unknown>,
): number => {
  const fitting = Math.floor(elementsPerBlock / d);
  return Math.min(n, maxRows, Math.max(minRows, fitting));
};

/**
 * Cuts rows into blocks of {@link blockRows}, the last one shorter.
 *
 * @param rows `[n, d]`.
 * @returns Ranges that cover all rows once, in order.
 */
export const blocksOf = (rows: RowReader<unknown>): readonly Block[] => {
  const height = blockRows(rows);
  return Array.from(
    { length: Math.ceil(rows.rows / height) },
    (_, i) => ({
      start: i * height,
      count: Math.min(height, rows.rows - i * height),
    }),
  );
};

/**
 * Reads a block and fills it up to full height with copies of `filler`.
 *
 * @param rows `[n, d]`.
 * @param block Which rows.
 * @param filler `[d]`, such as the mean, which adds nothing to centred sums.
 * @returns `[blockRows, d]`, or the error of reading.
 */
export const readFilled = <E>(
  rows: RowReader<E>,
  { start, count }: Block,
  filler: Float32Array,
): Effect.Effect<Matrix, E> =>
  Effect.map(rows.read(start, count), (block) => {
    const height = blockRows(rows);
    if (count === height) return block;
    const filled = matrix(height, rows.columns);
    filled.data.set(block.data);
    for (let i = count; i < height; i++) {
      filled.data.set(filler, i * rows.columns);
    }
    return filled;
  });
