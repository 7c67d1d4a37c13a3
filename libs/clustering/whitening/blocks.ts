/**
 * Features in blocks of equal shape, so that one compiled program serves all.
 *
 * @module
 */
import { type Matrix, matrix, type RowReader } from "@deepcluster/core";
import { Effect } from "effect";

/** Elements of one block, by default: 32 MiB. */
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
 * @param elements Values of a block, unless it has few rows. Default: 2^23.
 * @returns At most n.
 */
export const blockRows = (
  { rows: n, columns: d }: RowReader<unknown>,
  elements = elementsPerBlock,
): number => {
  const fitting = Math.floor(elements / d);
  return Math.min(n, maxRows, Math.max(minRows, fitting));
};

/**
 * Cuts rows into blocks, the last one shorter.
 *
 * @param rows `[n, d]`.
 * @param height Rows of a block. Default: {@link blockRows}.
 * @returns Ranges that cover all rows once, in order.
 */
export const blocksOf = (
  rows: RowReader<unknown>,
  height: number = blockRows(rows),
): readonly Block[] =>
  Array.from(
    { length: Math.ceil(rows.rows / height) },
    (_, i) => ({
      start: i * height,
      count: Math.min(height, rows.rows - i * height),
    }),
  );

/**
 * Reads a block and fills it up to full height with copies of `filler`.
 *
 * @param rows `[n, d]`.
 * @param block Which rows.
 * @param filler `[d]`, such as the mean, which adds nothing to centred sums.
 * @param height Rows of a full block. Default: {@link blockRows}.
 * @returns `[height, d]`, or the error of reading.
 */
export const readFilled = <E>(
  rows: RowReader<E>,
  { start, count }: Block,
  filler: Float32Array,
  height: number = blockRows(rows),
): Effect.Effect<Matrix, E> =>
  Effect.map(rows.read(start, count), (block) => {
    if (count === height) return block;
    const filled = matrix(height, rows.columns);
    filled.data.set(block.data);
    for (let i = count; i < height; i++) {
      filled.data.set(filler, i * rows.columns);
    }
    return filled;
  });
