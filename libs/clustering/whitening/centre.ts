/**
 * Where features lie: the first pass of whitening, which also finds the ones
 * that are not finite.
 *
 * @module
 */
import {
  type Matrix,
  type NonFiniteFeatureError,
  requireFinite,
  row,
  type RowReader,
} from "@deepcluster/core";
import { Effect } from "effect";
import { forEachBlock } from "./blocks.ts";

/** Where features lie, and by what they are scaled while they are summed. */
export interface Centre {
  /** `[d]`, rounded from double. */
  readonly mean: Float32Array;
  /**
   * Power of two that brings the largest range of a feature to between 1/2
   * and 1, so that squares neither vanish nor overflow in 32-bit floats;
   * 0 when all points are equal.
   */
  readonly scale: number;
  /** Sum of the variances of all scaled features; 0 for one point. */
  readonly variance: number;
}

/** What is accumulated of every feature. */
interface Sums {
  /** `[d]`: the first point, which is subtracted before values are squared. */
  readonly origin: Float32Array;
  /** `[d]` sums. */
  readonly sums: Float64Array;
  /** `[d]` smallest values. */
  readonly min: Float32Array;
  /** `[d]` largest values. */
  readonly max: Float32Array;
}

/**
 * Averages features, in double.
 *
 * @param rows `[n, d]`, n at least 1.
 * @returns Their centre, or `NonFiniteFeatureError`, or the error of reading.
 */
export const centreOf = Effect.fnUntraced(function* <E>(
  rows: RowReader<E>,
): Effect.fn.Return<Centre, E | NonFiniteFeatureError> {
  const { rows: n, columns: d } = rows;
  const origin = new Float32Array(d);
  const sums = new Float64Array(d);
  const min = new Float32Array(d).fill(Infinity);
  const max = new Float32Array(d).fill(-Infinity);
  let squares = 0;
  yield* forEachBlock(
    rows,
    {},
    Effect.fnUntraced(function* (block, { start }) {
      if (start === 0) origin.set(row(block, 0));
      squares += accumulate(block, { origin, sums, min, max });
      // A sum is finite in double if its terms are.
      if (!sums.every(Number.isFinite)) {
        yield* requireFinite("whiten", block, (at) => start + at);
      }
    }),
  );
  const range = max.reduce(
    (widest, value, j) => Math.max(widest, value - min[j]!),
    0,
  );
  const scale = range === 0 ? 0 : 2 ** -Math.ceil(Math.log2(range));
  const excess = sums.reduce(
    (sum, total, j) => sum + (total / n - origin[j]!) ** 2,
    0,
  );
  return {
    mean: Float32Array.from(sums, (sum) => sum / n),
    scale,
    variance: (squares - n * excess) / Math.max(1, n - 1) * scale ** 2,
  };
});

/**
 * Adds four rows at once, in their order: one access to a sum for four.
 * Returns the sum of squared distances from the origin.
 */
const accumulate = (
  { rows: n, columns: d, data }: Matrix,
  { origin, sums, min, max }: Sums,
): number => {
  let squares = 0;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    for (let j = 0, at = i * d; j < d; j++, at++) {
      const a = data[at]!;
      const b = data[at + d]!;
      const c = data[at + 2 * d]!;
      const e = data[at + 3 * d]!;
      sums[j] = sums[j]! + a + b + c + e;
      min[j] = Math.min(min[j]!, a, b, c, e);
      max[j] = Math.max(max[j]!, a, b, c, e);
      const o = origin[j]!;
      squares += (a - o) * (a - o) + (b - o) * (b - o) +
        ((c - o) * (c - o) + (e - o) * (e - o));
    }
  }
  for (; i < n; i++) {
    for (let j = 0, at = i * d; j < d; j++, at++) {
      const value = data[at]!;
      sums[j]! += value;
      min[j] = Math.min(min[j]!, value);
      max[j] = Math.max(max[j]!, value);
      squares += (value - origin[j]!) ** 2;
    }
  }
  return squares;
};
