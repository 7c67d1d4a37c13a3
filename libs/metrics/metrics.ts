/**
 * From scores to figures: top-k accuracy and average precision.
 *
 * Average precision has two conventions, and both are given by name. The
 * 11-point one is that of the PASCAL VOC challenge until 2009 (M. Everingham
 * et al., "The PASCAL Visual Object Classes (VOC) Challenge", 2010, section
 * 4.2); the area one is scikit-learn's `average_precision_score`, without
 * interpolation. Scores that are equal are one threshold in both, so that the
 * order of the images does not matter.
 *
 * @module
 */
import { Effect } from "effect";
import { NoPositivesError, type SizeMismatchError } from "./errors.ts";
import { requireEqual } from "./require_equal.ts";

/** Average precision of one class under both conventions, from 0 to 1. */
export interface AveragePrecision {
  /** Mean over recalls 0, 0.1 … 1 of the best precision from there on. */
  readonly elevenPoint: number;
  /** Sum over thresholds of precision times the recall gained. */
  readonly area: number;
}

/**
 * How many classes are ranked before the right one.
 *
 * @param scores Scores of the classes; more is better. None is NaN.
 * @param label The right class.
 * @returns 0 when it is the best; of equal scores the lower class is first.
 */
export const rankOf = (scores: ArrayLike<number>, label: number): number => {
  const own = scores[label]!;
  let before = 0;
  for (let c = 0; c < scores.length; c++) {
    if (scores[c]! > own || (scores[c] === own && c < label)) before++;
  }
  return before;
};

/**
 * The class with the best score.
 *
 * @param scores Scores of the classes, at least one; none is NaN.
 * @returns The first of equals.
 */
export const bestOf = (scores: ArrayLike<number>): number => {
  let best = 0;
  for (let c = 1; c < scores.length; c++) {
    if (scores[c]! > scores[best]!) best = c;
  }
  return best;
};

/**
 * Fraction of images whose right class is among the first k.
 *
 * @param ranks Of each image, as {@link rankOf} gives them.
 * @param k At least 1.
 * @returns From 0 to 1; NaN without images.
 *
 * @example One of two among the first, both among the first two
 * ```ts
 * import { rankOf, topAccuracy } from "@deepcluster/metrics";
 * import assert from "node:assert/strict";
 *
 * const ranks = [rankOf([0.7, 0.2, 0.1], 0), rankOf([0.5, 0.3, 0.2], 1)];
 * assert.equal(topAccuracy(ranks, 1), 0.5);
 * assert.equal(topAccuracy(ranks, 2), 1);
 * ```
 */
export const topAccuracy = (ranks: ArrayLike<number>, k: number): number => {
  let right = 0;
  for (let i = 0; i < ranks.length; i++) if (ranks[i]! < k) right++;
  return right / ranks.length;
};

/**
 * Which images are right, as numbers that a bootstrap can average.
 *
 * @param ranks Of each image, as {@link rankOf} gives them.
 * @param k At least 1. Default: 1.
 * @returns 1 for images whose right class is among the first k, else 0.
 */
export const correctOf = (ranks: Int32Array, k = 1): Uint8Array =>
  Uint8Array.from(ranks, (rank) => rank < k ? 1 : 0);

/** What {@link averagePrecision} fails with. */
export type AveragePrecisionError = SizeMismatchError | NoPositivesError;

/**
 * Average precision of one class.
 *
 * O(n log n).
 *
 * @param scores `[n]`, more is surer; none is NaN.
 * @param targets `[n]`: 1 for images of the class, 0 for others, negative for
 * images to be ignored, such as VOC's difficult ones.
 * @returns Both conventions, or `SizeMismatchError` when the lengths differ,
 * or `NoPositivesError` when no target is positive.
 *
 * @example A wrong image between two right ones
 * ```ts
 * import { averagePrecision } from "@deepcluster/metrics";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const { area } = Effect.runSync(averagePrecision([3, 2, 1], [1, 0, 1]));
 * assert.equal(area, 0.5 * 1 + 0.5 * (2 / 3));
 * ```
 */
export const averagePrecision: (
  scores: ArrayLike<number>,
  targets: ArrayLike<number>,
) => Effect.Effect<AveragePrecision, AveragePrecisionError> = Effect.fn(
  "averagePrecision",
)(function* (
  scores,
  targets,
) {
  const { length } = targets;
  yield* requireEqual(
    "compute average precision",
    "targets and scores",
    length,
    scores.length,
  );
  const order = Array.from({ length }, (_, i) => i)
    .filter((i) => targets[i]! >= 0)
    .sort((a, b) => scores[b]! - scores[a]!);
  const positives = order.filter((i) => targets[i]! > 0).length;
  if (positives === 0) {
    return yield* new NoPositivesError({ targets: order.length });
  }
  const curve = thresholds(order, scores, targets);
  return {
    elevenPoint: elevenPoint(curve, positives),
    area: area(curve, positives),
  };
});

/** What is above one threshold. */
interface Threshold {
  /** Images of the class. */
  readonly right: number;
  /** All images. */
  readonly taken: number;
}

/** One entry for each distinct score, highest first. */
const thresholds = (
  order: readonly number[],
  scores: ArrayLike<number>,
  targets: ArrayLike<number>,
): readonly Threshold[] => {
  const curve: Threshold[] = [];
  let right = 0;
  order.forEach((image, i) => {
    if (targets[image]! > 0) right++;
    const next = order[i + 1];
    if (next !== undefined && scores[next] === scores[image]) return;
    curve.push({ right, taken: i + 1 });
  });
  return curve;
};

const area = (curve: readonly Threshold[], positives: number): number => {
  let sum = 0;
  let before = 0;
  for (const { right, taken } of curve) {
    sum += (right - before) / positives * (right / taken);
    before = right;
  }
  return sum;
};

const elevenPoint = (
  curve: readonly Threshold[],
  positives: number,
): number => {
  // From the last threshold back: recalls fall, the best precision rises.
  let [sum, best, tenths] = [0, 0, 10];
  for (const { right, taken } of curve.toReversed()) {
    // Recall < tenths / 10, in whole numbers: 3 / 10 is not 0.3.
    for (; 10 * right < tenths * positives; tenths--) sum += best;
    best = Math.max(best, right / taken);
  }
  return (sum + (tenths + 1) * best) / 11;
};
