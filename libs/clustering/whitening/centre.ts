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
  type RowReader,
} from "@deepcluster/core";
import { Effect } from "effect";
import { blocksOf } from "./blocks.ts";

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
}

/**
 * Averages features, in double.
 *
 * @param rows `[n, d]`, n at min 1.
 * @returns Their centre, or `NonFiniteFeatureError`, or the error of reading.
 */
export const centreOf = Effect.fnUntraced(function* <E>(
  rows: RowReader<E>,
): Effect.fn.Return<Centre, E | NonFiniteFeatureError> {
  const d = rows.columns;
  const sums = new Float64Array(d);
  const min = new Float32Array(d).fill(Infinity);
  const max = new Float32Array(d).fill(-Infinity);
  for (const { start, count } of blocksOf(rows)) {
    const block = yield* rows.read(start, count);
    yield* requireFinite("whiten", block, (row) => start + row);
    accumulate(block, sums, min, max);
  }
  const range = max.reduce(
    (widest, value, j) => Math.max(widest, value - min[j]!),
    0,
  );
  return {
    mean: Float32Array.from(sums, (sum) => sum / rows.rows),
    scale: range === 0 ? 0 : 2 ** -Math.ceil(Math.log2(range)),
  };
});

/** Adds four rows at once, in their order: one access to a sum for four. */
const accumulate = (
  { rows: n, columns: d, data }: Matrix,
  sums: Float64Array,
  min: Float32Array,
  max: Float32Array,
): void => {
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
    }
  }
  for (; i < n; i++) {
    for (let j = 0, at = i * d; j < d; j++, at++) {
      const value = data[at]!;
      sums[j]! += value;
      min[j] = Math.min(min[j]!, value);
      max[j] = Math.max(max[j]!, value);
    }
  }
};
