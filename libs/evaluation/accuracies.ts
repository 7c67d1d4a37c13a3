/**
 * From the ranks of the right classes to figures with their intervals.
 *
 * @module
 */
import type { Finding } from "./figures.ts";
import { topAccuracy } from "./metrics.ts";

/**
 * Top-1 and, with more than five classes, top-5 accuracy.
 *
 * @param ranks Classes ranked before the right one, for each test image.
 * @param classes Number of classes.
 * @param seed Names the draws of the bootstrap.
 * @returns Figures with 95 % intervals over the test images.
 */
export const accuracies = (
  ranks: Int32Array,
  classes: number,
  seed: number,
): readonly Finding[] =>
  (classes > 5 ? [1, 5] : [1]).map((k) => ({
    statistic: `top-${k} accuracy`,
    value: topAccuracy(ranks, k),
  }));
