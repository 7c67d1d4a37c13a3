/**
 * Statistics of times: medians, bootstrap intervals of paired ratios, and lines
 * fitted to costs.
 *
 * @module
 */
import { draws } from "@deepcluster/core";

/** Summary statistics of some values. */
export interface Summary {
  /** The median. */
  readonly median: number;
  /** The smallest value. */
  readonly min: number;
  /** The largest value. */
  readonly max: number;
  /** Interquartile range, as a fraction of the median. */
  readonly spread: number;
}

/**
 * Returns a quantile, linearly interpolated as NumPy's default.
 *
 * @param values At least one number, in any order.
 * @param fraction From 0 (the smallest) to 1 (the largest).
 * @returns The quantile.
 */
export const quantile = (
  values: readonly number[],
  fraction: number,
): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(rank)]!;
  const above = sorted[Math.ceil(rank)]!;
  return below + (above - below) * (rank - Math.floor(rank));
};

/**
 * Returns the median.
 *
 * @param values At least one number.
 * @returns The median.
 */
export const median = (values: readonly number[]): number =>
  quantile(values, 0.5);

/**
 * Summarises values.
 *
 * @param values At least one number.
 * @returns See {@link Summary}.
 */
export const summarise = (values: readonly number[]): Summary => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  spread: (quantile(values, 0.75) - quantile(values, 0.25)) / median(values),
});

/** A ratio with its 95 % confidence interval. */
export interface RatioInterval {
  /** Geometric mean of the paired ratios. */
  readonly ratio: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** Resamples of the bootstrap. */
const resamples = 10_000;

/**
 * Returns the geometric mean of paired ratios with a bootstrap percentile
 * interval over the pairs. Repeatable.
 *
 * @param numerators Positive numbers.
 * @param denominators Positive numbers, as many; each was measured beside the
 * numerator at the same index.
 * @returns Ratio and interval; with a single pair the interval is the ratio.
 */
export const pairedRatio = (
  numerators: readonly number[],
  denominators: readonly number[],
): RatioInterval => {
  const logs = numerators.map((value, i) => Math.log(value / denominators[i]!));
  const { integer } = draws(0, "bootstrap", logs.length);
  const means = Array.from(
    { length: resamples },
    () => mean(logs.map(() => logs[integer(logs.length)]!)),
  );
  return {
    ratio: Math.exp(mean(logs)),
    low: Math.exp(quantile(means, 0.025)),
    high: Math.exp(quantile(means, 0.975)),
  };
};

/** A line `cost = fixed + each * size` and its largest error. */
export interface Line {
  /** Cost at size 0 (the intercept). */
  readonly fixed: number;
  /** Cost of one unit more (the slope). */
  readonly each: number;
  /** Largest distance of a cost from the line, as a fraction of the cost. */
  readonly maxRelativeError: number;
}

/**
 * Fits a line to costs by least squares of the relative errors, so that small
 * sizes count as much as large ones.
 *
 * @param sizes At least two different positive numbers.
 * @param costs As many positive numbers.
 * @returns The line.
 */
export const fitLine = (
  sizes: readonly number[],
  costs: readonly number[],
): Line => {
  const weights = costs.map((cost) => 1 / cost ** 2);
  const total = (value: (i: number) => number) =>
    weights.reduce((sum, weight, i) => sum + weight * value(i), 0);
  const [w, x, y] = [
    total(() => 1),
    total((i) => sizes[i]!),
    total((i) => costs[i]!),
  ];
  const xx = total((i) => sizes[i]! ** 2);
  const xy = total((i) => sizes[i]! * costs[i]!);
  const each = (w * xy - x * y) / (w * xx - x * x);
  const fixed = (y - each * x) / w;
  const relativeErrors = costs.map((cost, i) =>
    Math.abs(fixed + each * sizes[i]! - cost) / cost
  );
  return { fixed, each, maxRelativeError: Math.max(...relativeErrors) };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
