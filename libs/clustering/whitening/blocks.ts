/**
 * Features in blocks of equal shape, so that one compiled program serves all.
 *
 * @module
 */
import { type Matrix, matrix, type RowReader } from "@deepcluster/core";
import { Effect, Fiber } from "effect";

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

/** How {@link forEachBlock} reads. */
export interface ReadBlocksOptions {
  /** Rows of a block. Default: {@link blockRows}. */
  readonly height?: number;
  /**
   * `[d]`, copies of which fill the last block up to full height, such as the
   * mean, which adds nothing to centred sums. Default: it is shorter.
   */
  readonly filler?: Float32Array;
}

/**
 * Reads rows block by block, the next one while one is used. Holds two blocks.
 *
 * @param rows `[n, d]`.
 * @param options See {@link ReadBlocksOptions}.
 * @param use Told a block, which is overwritten afterwards, and which rows it
 * holds.
 * @returns Nothing, or the error of reading or of `use`.
 */
export const forEachBlock: <E, E2, R>(
  rows: RowReader<E>,
  options: ReadBlocksOptions,
  use: (block: Matrix, range: Block) => Effect.Effect<void, E2, R>,
) => Effect.Effect<void, E | E2, R> = Effect.fnUntraced(function* <E, E2, R>(
  rows: RowReader<E>,
  { height = blockRows(rows), filler }: ReadBlocksOptions,
  use: (block: Matrix, range: Block) => Effect.Effect<void, E2, R>,
) {
  const ranges = blocksOf(rows, height);
  const buffers = ranges.slice(0, 2)
    .map(() => new Float32Array(height * rows.columns));
  const begin = (i: number) =>
    Effect.forkChild(
      rows.read(ranges[i]!.start, ranges[i]!.count, buffers[i % 2]),
      { startImmediately: true },
    );
  let next = ranges.length > 0 ? yield* begin(0) : undefined;
  for (let i = 0; next !== undefined; i++) {
    const block = yield* Fiber.join(next);
    next = i + 1 < ranges.length ? yield* begin(i + 1) : undefined;
    yield* use(filler ? filled(block, height, filler) : block, ranges[i]!);
  }
});

/** A block with copies of a row at its end, up to a height. */
const filled = (
  block: Matrix,
  height: number,
  filler: Float32Array,
): Matrix => {
  if (block.rows === height) return block;
  const full = matrix(height, block.columns);
  full.data.set(block.data);
  for (let i = block.rows; i < height; i++) {
    full.data.set(filler, i * block.columns);
  }
  return full;
};
