/**
 * Statistics of times: medians that outliers cannot move, intervals for paired
 * comparisons, and lines through costs.
 *
 * @module
 */
import { draws } from "@deepcluster/core";

/** Times of one kind, told in a few numbers. */
export interface Summary {
  /** The middle one. */
  readonly median: number;
  /** The smallest. */
  readonly least: number;
  /** The largest. */
  readonly most: number;
  /** Distance of the quartiles, as a share of the median. */
  readonly spread: number;
}

/**
 * The value below which a share of the values lies, between neighbours in
 * proportion.
 *
 * @param values At least one number, in any order.
 * @param share From 0 (the smallest) to 1 (the largest).
 * @returns The quantile.
 */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
};

/**
 * The middle of some values.
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
  least: Math.min(...values),
  most: Math.max(...values),
  spread: (quantile(values, 0.75) - quantile(values, 0.25)) / median(values),
});

/** A ratio and where it lies with a certainty of 95 %. */
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
 * How many times as large one series is as another, pair by pair.
 *
 * The mean of the logarithms of the ratios, with the percentile interval of a
 * bootstrap over pairs. Repeatable.
 *
 * @param numerators Positive numbers.
 * @param denominators Positive numbers, as many; each made beside the one at
 * the same place.
 * @returns Ratio and interval, which a single pair makes a point.
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

/** A line `cost = fixed + each * size`, and how well costs follow it. */
export interface Line {
  /** Cost at size 0. */
  readonly fixed: number;
  /** Cost of one more. */
  readonly each: number;
  /** Largest distance of a cost from the line, as a share of the cost. */
  readonly worst: number;
}

/**
 * Fits a line to costs over sizes that span decades: the squares of relative
 * distances are least, so that small sizes count as much as large ones.
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
  const distances = costs.map((cost, i) =>
    Math.abs(fixed + each * sizes[i]! - cost) / cost
  );
  return { fixed, each, worst: Math.max(...distances) };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
