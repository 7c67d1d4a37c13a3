/**
 * How similar pairs of rows are that have nothing to do with each other: what
 * makes a score readable.
 *
 * @module
 */
import { draws, type Matrix } from "@deepcluster/core";
import { dot } from "./dot.ts";

/** Pairs that are drawn, where there are more. */
export const randomPairCount = 20_000;

/**
 * Computes the scores of random pairs of distinct rows: of all pairs where
 * these are no more than {@link randomPairCount}, otherwise of as many drawn
 * with a fixed seed. Takes milliseconds; repeatable.
 *
 * @param rows `[n, d]`.
 * @returns Scores in ascending order; none when there are no two rows.
 */
export const randomPairScores = (rows: Matrix): Float64Array =>
  Float64Array.from(
    pairsOf(rows.rows),
    ([a, b]) =>
      dot(
        rows.data,
        a * rows.columns,
        rows.data,
        b * rows.columns,
        rows.columns,
      ),
  ).sort();

/**
 * Draws pairs of distinct numbers.
 *
 * @param n Numbers are from 0 to `n - 1`.
 * @returns All pairs, or {@link randomPairCount} of them.
 */
export const pairsOf = (
  n: number,
): readonly (readonly [number, number])[] => {
  if (n * (n - 1) / 2 <= randomPairCount) {
    return Array.from({ length: n }, (_, b) => b).flatMap((b) =>
      Array.from({ length: b }, (_, a) => [a, b] as const)
    );
  }
  const { integer } = draws(0, "random pairs", n);
  return Array.from({ length: randomPairCount }, () => {
    const a = integer(n);
    const b = integer(n - 1);
    return [a, b < a ? b : b + 1] as const;
  });
};

/**
 * Tells how many random pairs are less similar.
 *
 * @param scores Those of random pairs, ascending.
 * @param score A score.
 * @returns The fraction of pairs below it, from 0 to 1; 1 without pairs.
 */
export const percentileOf = (scores: Float64Array, score: number): number => {
  if (scores.length === 0) return 1;
  let [from, to] = [0, scores.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (scores[middle]! < score) from = middle + 1;
    else to = middle;
  }
  return from / scores.length;
};
