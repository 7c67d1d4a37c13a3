/**
 * Batch normalisation, by the batch's own statistics or by running ones.
 *
 * Reference: S. Ioffe and C. Szegedy, "Batch Normalization", 2015; the running
 * statistics are PyTorch's.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import { apply, floatsOnly, refuse, sameShape } from "./apply.ts";
import { add, multiply } from "./elementwise.ts";
import type { Value } from "./value.ts";

/** Mean and variance of every channel, each float32 `[c]`. */
export interface Statistics {
  /** Means. */
  readonly mean: Value;
  /** Variances: biased for a batch, unbiased for a running estimate. */
  readonly variance: Value;
}

/** A batch normalised by its own statistics. */
export interface NormalizedBatch {
  /** The normalised batch, of its shape. */
  readonly output: Value;
  /** The batch's mean and biased variance. */
  readonly batch: Statistics;
  /** Elements of the batch per channel. */
  readonly count: number;
}

/**
 * Returns the mean of every channel over all axes but axis 1.
 *
 * @param x float32 `[n, c, …]`.
 * @returns `[c]`.
 * @throws {ShapeError} When `x` has fewer than 2 axes.
 */
export const batchMean = (x: Value): Value =>
  apply({ type: "batchMean" }, { x }, channelsOf(x));

/**
 * Returns the biased variance of every channel over all axes but axis 1.
 *
 * @param x float32 `[n, c, …]`.
 * @returns `[c]`.
 * @throws {ShapeError} When `x` has fewer than 2 axes.
 */
export const batchVariance = (x: Value): Value =>
  apply({ type: "batchVariance" }, { x }, channelsOf(x));

/**
 * Normalises channel by channel:
 * `scale * (x - mean) / sqrt(variance + epsilon) + bias`.
 *
 * With {@link batchMean} and {@link batchVariance} of the same `x` its gradient
 * goes through these statistics in one operator.
 *
 * @param x float32 `[n, c, …]`.
 * @param statistics Mean and variance to normalise by, `[c]`.
 * @param scale float32 `[c]`.
 * @param bias float32 `[c]`.
 * @param epsilon Added to the variance. Default: 1e-5.
 * @returns The shape of `x`.
 * @throws {ShapeError} When the channels differ.
 */
export const batchNormalization = (
  x: Value,
  { mean, variance }: Statistics,
  scale: Value,
  bias: Value,
  epsilon: number = 1e-5,
): Value =>
  apply(
    { type: "batchNormalization", epsilon },
    { x, mean, variance, scale, bias },
    perChannel(x, mean, variance, scale, bias) ?? x.shape,
  );

/**
 * Returns the gradient of {@link batchNormalization} with respect to its scale:
 * the sum of `dy * (x - mean) / sqrt(variance + epsilon)` over all axes but axis
 * 1.
 *
 * @param x float32 `[n, c, …]`.
 * @param dy float32, the shape of `x`.
 * @param statistics As the normalisation's.
 * @param epsilon As the normalisation's. Default: 1e-5.
 * @returns `[c]`.
 * @throws {ShapeError} When the shapes differ.
 */
export const batchNormalizationScaleGradient = (
  x: Value,
  dy: Value,
  { mean, variance }: Statistics,
  epsilon: number = 1e-5,
): Value =>
  apply(
    { type: "batchNormalizationScaleGradient", epsilon },
    { x, dy, mean, variance },
    sameImages(x, dy) ?? perChannel(x, mean, variance) ?? channelsOf(x),
  );

/**
 * Returns the gradient of {@link batchNormalization} with respect to `x`,
 * through the batch's own mean and variance.
 *
 * @param x float32 `[n, c, …]`.
 * @param dy float32, the shape of `x`.
 * @param statistics {@link batchMean} and {@link batchVariance} of `x`.
 * @param scale float32 `[c]`.
 * @param gradients Gradients of the scale and of the bias, `[c]`.
 * @param epsilon As the normalisation's. Default: 1e-5.
 * @returns The shape of `x`.
 * @throws {ShapeError} When the shapes differ.
 */
export const batchNormalizationInputGradient = (
  x: Value,
  dy: Value,
  { mean, variance }: Statistics,
  scale: Value,
  { scaleGradient, biasGradient }: {
    readonly scaleGradient: Value;
    readonly biasGradient: Value;
  },
  epsilon: number = 1e-5,
): Value =>
  apply(
    { type: "batchNormalizationInputGradient", epsilon },
    { x, dy, mean, variance, scale, scaleGradient, biasGradient },
    sameImages(x, dy) ??
      perChannel(x, mean, variance, scale, scaleGradient, biasGradient) ??
      x.shape,
  );

/**
 * Normalises a batch by its own statistics, as in training.
 *
 * @param x float32 `[n, c, …]` with more than one element a channel.
 * @param scale float32 `[c]`.
 * @param bias float32 `[c]`.
 * @param epsilon Added to the variance. Default: 1e-5.
 * @returns The normalised batch and its statistics.
 * @throws {ShapeError} When the channels differ or hold one element only.
 */
export const batchNormTraining = (
  x: Value,
  scale: Value,
  bias: Value,
  epsilon: number = 1e-5,
): NormalizedBatch => {
  const mean = batchMean(x);
  const variance = batchVariance(x);
  const count = sizeOf(x.shape) / x.shape[1]!;
  if (count < 2) {
    return refuse(
      "batchNormTraining",
      { x, scale, bias },
      "a channel must hold more than one element",
    );
  }
  const batch = { mean, variance };
  const output = batchNormalization(x, batch, scale, bias, epsilon);
  return { output, batch, count };
};

/**
 * Moves running statistics towards a batch's:
 * `(1 - momentum) * running + momentum * batch`, with the batch's variance made
 * unbiased.
 *
 * @param running Present estimates.
 * @param batch Of {@link batchNormTraining}.
 * @param count Elements of the batch per channel, at least 2.
 * @param momentum Weight of the batch, from 0 to 1. Default: 0.1.
 * @returns The next estimates.
 * @throws {ShapeError} When the channels differ or `count` is below 2.
 */
export const runningStatistics = (
  running: Statistics,
  batch: Statistics,
  count: number,
  momentum: number = 0.1,
): Statistics => {
  if (!(count >= 2)) {
    return refuse(
      "runningStatistics",
      { ...running },
      "count must be >= 2",
      [`count=${count}`],
    );
  }
  const unbiased = momentum * count / (count - 1);
  return {
    mean: add(
      multiply(running.mean, 1 - momentum),
      multiply(batch.mean, momentum),
    ),
    variance: add(
      multiply(running.variance, 1 - momentum),
      multiply(batch.variance, unbiased),
    ),
  };
};

const channelsOf = (x: Value) =>
  floatsOnly(x) ??
    (x.shape.length >= 2 ? [x.shape[1]!] : "x must be [n, channels, …]");

const perChannel = (
  x: Value,
  ...vectors: readonly Value[]
): string | undefined => {
  const channels = channelsOf(x);
  if (typeof channels === "string") return channels;
  return floatsOnly(...vectors) ??
    (vectors.every(({ shape }) => sameShape(shape, channels))
      ? undefined
      : "all operands but images must be [channels of x]");
};

const sameImages = (x: Value, dy: Value): string | undefined =>
  floatsOnly(dy) ??
    (sameShape(x.shape, dy.shape) ? undefined : "dy must have the shape of x");
