/**
 * How far a figure would move with other test images.
 *
 * Reference: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap",
 * 1993, chapter 13: percentile intervals.
 *
 * @module
 */
import {
  draws,
  type OptionError,
  requireCount,
  requireOption,
} from "@deepcluster/core";
import { Effect } from "effect";

/** How {@link bootstrapInterval} draws; all may be left out. */
export interface BootstrapOptions {
  /** Times that test images are drawn anew. Default: 1000. */
  readonly resamples?: number;
  /** Fraction of the draws within the interval. Default: 0.95. */
  readonly confidence?: number;
}

/** A mean and where it may lie. */
export interface BootstrapInterval {
  /** Over the images there are. */
  readonly mean: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/**
 * The percentile interval of a mean over test images.
 *
 * O(resamples * n). It says what other test images of the same kind would
 * change, not what another seed of training would.
 *
 * @param values `[n]`, one for each image, such as 1 where it is classified
 * rightly and 0 where not.
 * @param seed Names the draws.
 * @param options See {@link BootstrapOptions}.
 * @returns The interval; its ends are quantiles by linear interpolation, as
 * NumPy's. Or `OptionError` when there is no value or an option
 * breaks its rule.
 *
 * @example Half of 400 images
 * ```ts
 * import { bootstrapInterval } from "@deepcluster/metrics";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const correct = new Uint8Array(400).map((_, i) => i % 2);
 * const found = Effect.runSync(bootstrapInterval(correct, 1));
 * assert.equal(found.mean, 0.5);
 * // 0.5 ± 1.96 sqrt(0.25 / 400)
 * assert.ok(Math.abs(found.low - 0.451) < 0.01);
 * assert.ok(Math.abs(found.high - 0.549) < 0.01);
 * ```
 */
export const bootstrapInterval: (
  values: ArrayLike<number>,
  seed: number,
  options?: BootstrapOptions,
) => Effect.Effect<BootstrapInterval, OptionError> = Effect.fn(
  "bootstrapInterval",
)(function* (
  values,
  seed,
  { resamples = 1000, confidence = 0.95 } = {},
) {
  yield* requireCount(action, "images", values.length, 1);
  yield* requireCount(action, "resamples", resamples, 1);
  yield* requireOption(
    action,
    "confidence",
    "above 0, below 1",
    confidence,
    confidence > 0 && confidence < 1,
  );
  const means = meansOf(values, seed, resamples).sort();
  const tail = (1 - confidence) / 2;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return {
    mean: sum / values.length,
    low: quantileOf(means, tail),
    high: quantileOf(means, 1 - tail),
  };
});

const action = "draw a bootstrap interval";

const meansOf = (
  values: ArrayLike<number>,
  seed: number,
  resamples: number,
): Float64Array => {
  const { integer } = draws(seed, "bootstrap");
  const { length } = values;
  return new Float64Array(resamples).map(() => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[integer(length)]!;
    return sum / length;
  });
};

/**
 * A quantile, interpolated linearly between the two values around it.
 *
 * @param sorted Ascending values, at least one.
 * @param fraction From 0 to 1.
 * @returns The quantile.
 */
export const quantileOf = (
  sorted: ArrayLike<number>,
  fraction: number,
): number => {
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! +
    (place - below) * (sorted[above]! - sorted[below]!);
};
