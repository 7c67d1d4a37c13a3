/**
 * From the ranks of the right classes to figures with their intervals.
 *
 * @module
 */
import type { OptionError } from "@deepcluster/core";
import { Effect } from "effect";
import { bootstrapInterval } from "./bootstrap.ts";
import type { Metric } from "./metric.ts";
import { correctOf } from "./metrics.ts";

/**
 * Top-1 and, with more than five classes, top-5 accuracy.
 *
 * @param ranks Classes ranked before the right one, for each test image.
 * @param classes Number of classes.
 * @param seed Names the draws of the bootstrap.
 * @returns Figures with 95 % intervals over the test images, or
 * `OptionError` when there is no image.
 */
export const accuracies = (
  ranks: Int32Array,
  classes: number,
  seed: number,
): Effect.Effect<readonly Metric[], OptionError> =>
  Effect.forEach(
    classes > 5 ? [1, 5] : [1],
    (k) =>
      Effect.map(
        bootstrapInterval(correctOf(ranks, k), seed),
        ({ mean, low, high }): Metric => ({
          statistic: `top-${k} accuracy`,
          value: mean,
          interval: { low, high },
        }),
      ),
  );
