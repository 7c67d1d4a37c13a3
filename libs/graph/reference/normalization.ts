/**
 * Kernels of batch normalisation, of its statistics and of its gradients.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import type { Kernels, Numbers } from "./kernel.ts";

/** Kernels of batch normalisation, of its statistics and of its gradients. */
export const normalizationKernels: Kernels<
  | "batchMean"
  | "batchVariance"
  | "batchNormalization"
  | "batchNormalizationScaleGradient"
  | "batchNormalizationInputGradient"
> = {
  batchMean: ([x]) => meansOf(x!),
  batchVariance: ([x]) => {
    const mean = meansOf(x!);
    const channel = channelsOf(x!.shape);
    const squares = x!.data.map((value, i) =>
      (value - mean[channel[i]!]!) ** 2
    );
    return meansOf({ shape: x!.shape, data: squares });
  },
  batchNormalization: (
    [x, mean, variance, scale, bias],
    shape,
    { epsilon },
  ) => {
    const channel = channelsOf(shape);
    return normalized(x!, mean!, variance!, epsilon).map((value, i) =>
      scale!.data[channel[i]!]! * value + bias!.data[channel[i]!]!
    );
  },
  batchNormalizationScaleGradient: (
    [x, dy, mean, variance],
    _,
    { epsilon },
  ) => {
    const channel = channelsOf(x!.shape);
    const gradient = new Float64Array(x!.shape[1]!);
    normalized(x!, mean!, variance!, epsilon).forEach((value, i) => {
      gradient[channel[i]!]! += dy!.data[i]! * value;
    });
    return gradient;
  },
  batchNormalizationInputGradient: (
    [x, dy, mean, variance, scale, scaleGradient, biasGradient],
    shape,
    { epsilon },
  ) => {
    const channel = channelsOf(shape);
    const count = sizeOf(shape) / shape[1]!;
    return normalized(x!, mean!, variance!, epsilon).map((value, i) => {
      const c = channel[i]!;
      const through = biasGradient!.data[c]! + value * scaleGradient!.data[c]!;
      return scale!.data[c]! / Math.sqrt(variance!.data[c]! + epsilon) *
        (dy!.data[i]! - through / count);
    });
  },
};

/** Channel of every element of `[n, c, …]`. */
const channelsOf = (shape: Shape): Int32Array => {
  const each = sizeOf(shape.slice(2));
  return Int32Array.from(
    { length: sizeOf(shape) },
    (_, i) => Math.floor(i / each) % shape[1]!,
  );
};

const meansOf = (x: Numbers): Float64Array => {
  const channel = channelsOf(x.shape);
  const sums = new Float64Array(x.shape[1]!);
  x.data.forEach((value, i) => sums[channel[i]!]! += value);
  return sums.map((sum) => sum * x.shape[1]! / x.data.length);
};

const normalized = (
  x: Numbers,
  mean: Numbers,
  variance: Numbers,
  epsilon: number,
): Float64Array => {
  const channel = channelsOf(x.shape);
  return x.data.map((value, i) => {
    const c = channel[i]!;
    return (value - mean.data[c]!) / Math.sqrt(variance.data[c]! + epsilon);
  });
};
