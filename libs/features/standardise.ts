/**
 * What brings every feature to mean 0 and deviation 1.
 *
 * @module
 */
import {
  floatTensor,
  type Matrix,
  type NonFiniteFeatureError,
  readInto,
  requireFinite,
  type RowReader,
  type Tensors,
} from "@deepcluster/core";
import { Effect } from "effect";
import { shiftAndScale } from "./standardise_kernel.ts";

/** Values of a block of rows: more would not fit in the processor's cache. */
const mostValues = 2 ** 20;

/**
 * Mean and reciprocal deviation of every feature, in one pass.
 *
 * Deviations are those of the rows (divided by n). A feature that is the same
 * in all rows has scale 0: it tells nothing of them, and must not tell
 * anything of others.
 *
 * @param action What is to be done, for the message.
 * @param rows `[n, d]`.
 * @param memoryBytes Memory for a block of rows, of which 4 MiB are used.
 * @returns `mean` `[d]` and `scale` `[d]`, or the error of reading, or
 * `NonFiniteFeatureError`.
 */
export const scalingOf: <E>(
  action: string,
  rows: RowReader<E>,
  memoryBytes: number,
) => Effect.Effect<Tensors, E | NonFiniteFeatureError> = Effect.fnUntraced(
  function* <E>(
    action: string,
    rows: RowReader<E>,
    memoryBytes: number,
  ) {
    const { rows: n, columns: d } = rows;
    const values = Math.min(memoryBytes / 4, mostValues);
    const height = Math.min(n, Math.max(1, Math.floor(values / d)));
    const room = new Float32Array(height * d);
    // Sums of differences to the first row, which lie near 0.
    const first = (yield* rows.read(0, 1)).data.slice();
    const sums = new Float64Array(d);
    const squares = new Float64Array(d);
    for (let start = 0; start < n; start += height) {
      const block = yield* rows.read(start, Math.min(height, n - start), room);
      addRows(block, first, sums, squares);
      // What is not finite stays in the sums: only then are values looked at.
      if (!squares.every(Number.isFinite)) {
        yield* requireFinite(action, block, (row) => start + row);
      }
    }
    const scale = squares.map((square, j) => {
      const variance = Math.max(0, square / n - (sums[j]! / n) ** 2);
      // A variance below what rounding leaves of equal values is none.
      return variance <= 1e-12 * square / n ? 0 : 1 / Math.sqrt(variance);
    });
    return {
      mean: floatTensor(
        [d],
        Float32Array.from(sums, (s, j) => first[j]! + s / n),
      ),
      scale: floatTensor([d], Float32Array.from(scale)),
    };
  },
);

/**
 * Adds the differences of rows to one of them, and their squares, row after
 * row. Four rows at a time spare three of four passes over the sums, which
 * takes half of the time.
 */
const addRows = (
  { data, columns: d }: Matrix,
  first: Float32Array,
  sums: Float64Array,
  squares: Float64Array,
): void => {
  const rowAt = (at: number) => data.subarray(at, at + d);
  let at = 0;
  for (; at + 4 * d <= data.length; at += 4 * d) {
    const row0 = rowAt(at);
    const row1 = rowAt(at + d);
    const row2 = rowAt(at + 2 * d);
    const row3 = rowAt(at + 3 * d);
    for (let j = 0; j < d; j++) {
      const x = first[j]!;
      const d0 = row0[j]! - x;
      const d1 = row1[j]! - x;
      const d2 = row2[j]! - x;
      const d3 = row3[j]! - x;
      sums[j] = sums[j]! + d0 + d1 + d2 + d3;
      squares[j] = squares[j]! + d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
    }
  }
  for (; at < data.length; at += d) {
    const row = rowAt(at);
    for (let j = 0; j < d; j++) {
      const difference = row[j]! - first[j]!;
      sums[j]! += difference;
      squares[j]! += difference * difference;
    }
  }
};

/**
 * Rows with every feature brought to mean 0 and deviation 1, when they are
 * read.
 *
 * @param action What is to be done, for the message.
 * @param rows `[n, d]`.
 * @param scaling As {@link scalingOf} gives it, of these rows or others.
 * @returns `[n, d]`; reading fails with `NonFiniteFeatureError` when a feature
 * is not finite.
 */
export const standardised = <E>(
  action: string,
  rows: RowReader<E>,
  scaling: Tensors,
): RowReader<E | NonFiniteFeatureError> => ({
  ...rows,
  read: Effect.fnUntraced(function* (start, count, into) {
    const room = into ?? new Float32Array(count * rows.columns);
    const block = yield* readInto(rows, start, count, room);
    yield* requireFinite(action, block, (row) => start + row);
    standardiseRows(block, scaling);
    return block;
  }),
});

/**
 * Brings every feature of rows to mean 0 and deviation 1, in place. Rounds each
 * step to 32 bits, as an engine does.
 *
 * @param rows `[n, d]` finite; changed.
 * @param scaling As {@link scalingOf} gives it, of these rows or others.
 */
export const standardiseRows = ({ data }: Matrix, scaling: Tensors): void =>
  shiftAndScale(
    data,
    scaling["mean"]!.data as Float32Array,
    scaling["scale"]!.data as Float32Array,
  );
