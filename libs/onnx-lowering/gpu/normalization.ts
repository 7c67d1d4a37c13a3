/**
 * Batch normalisation, its statistics and its gradients for a GPU, where a pass
 * over the images costs little and a node much.
 *
 * The inference operator `BatchNormalization` divides by the deviation,
 * multiplies and adds in one node; both gradients are written with it.
 *
 * @module
 */
import { floatTensor, sizeOf } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lowering, Lowerings } from "../lowering.ts";
import { isOwnMean } from "../normalization.ts";
import { reduced } from "./reduction.ts";

/** Lowerings of batch normalisation, of its statistics and gradients. */
export const gpuNormalizationLowerings: Lowerings<
  | "batchMean"
  | "batchVariance"
  | "batchNormalization"
  | "batchNormalizationScaleGradient"
  | "batchNormalizationInputGradient"
> = {
  batchMean: ({ inputs: [x] }, to) => asVector(meanOf(x!, to), x!, to),
  batchVariance: ({ inputs: [x] }, to) =>
    to.node("Mul", [
      reduced("ReduceSumSquare", centredByOwnMean(x!, to), x!.shape, {
        axes: allButChannels(x!),
        keepDimensions: false,
      }, to),
      to.scalar(1 / countPerChannel(x!)),
    ]),
  batchNormalization: ({ operator, inputs }, to) => {
    const [x, mean, variance, scale, bias] = inputs;
    const statistics = { mean: mean!, variance: variance!, ...operator };
    return normalized(
      x!,
      statistics,
      to.tensor(scale!),
      to.tensor(bias!),
      to,
    );
  },
  batchNormalizationScaleGradient: ({ operator, inputs, shape }, to) => {
    const [x, dy, mean, variance] = inputs;
    const products = to.node("Mul", [to.tensor(dy!), centred(x!, mean!, to)]);
    const sums = reduced("ReduceSum", products, x!.shape, {
      axes: allButChannels(x!),
      keepDimensions: true,
    }, to);
    const quotients = byDeviation(
      sums,
      ones(shape[0]!, to),
      { variance: variance!, ...operator },
      to,
    );
    return asVector(quotients, x!, to);
  },
  /**
   * `(dy - biasGradient / count - normalised x * scaleGradient / count)` times
   * the scale, by the deviation.
   */
  batchNormalizationInputGradient: ({ operator, inputs }, to) => {
    const [x, dy, mean, variance, scale, scaleGradient, biasGradient] = inputs;
    const statistics = { mean: mean!, variance: variance!, ...operator };
    const fraction = to.scalar(-1 / countPerChannel(x!));
    const throughStatistics = normalized(
      x!,
      statistics,
      to.node("Mul", [to.tensor(scaleGradient!), fraction]),
      to.node("Mul", [to.tensor(biasGradient!), fraction]),
      to,
    );
    const slopes = to.node("Add", [to.tensor(dy!), throughStatistics]);
    return byDeviation(slopes, to.tensor(scale!), statistics, to);
  },
};

/** What images are divided by. */
interface Deviation {
  readonly variance: Value;
  readonly epsilon: number;
}

/** What images are normalised by. */
interface Statistics extends Deviation {
  readonly mean: Value;
}

/** `scale * (x - mean) / deviation + bias`. */
const normalized = (
  x: Value,
  { mean, variance, epsilon }: Statistics,
  scale: string,
  bias: string,
  to: Lowering,
): string => {
  const own = isOwnMean(mean, x);
  return to.node("BatchNormalization", [
    own ? centredByOwnMean(x, to) : to.tensor(x),
    scale,
    bias,
    own ? zeros(mean.shape[0]!, to) : to.tensor(mean),
    to.tensor(variance),
  ], { epsilon: { f: epsilon } });
};

/** `scale * x / deviation`. */
const byDeviation = (
  x: string,
  scale: string,
  { variance, epsilon }: Deviation,
  to: Lowering,
): string => {
  const nothing = zeros(variance.shape[0]!, to);
  return to.node("BatchNormalization", [
    x,
    scale,
    nothing,
    nothing,
    to.tensor(variance),
  ], { epsilon: { f: epsilon } });
};

const centred = (x: Value, mean: Value, to: Lowering): string =>
  isOwnMean(mean, x)
    ? centredByOwnMean(x, to)
    : to.node("Sub", [to.tensor(x), perChannel(to.tensor(mean), x, to)]);

const centredByOwnMean = (x: Value, to: Lowering): string =>
  to.once(x, "centred", () => to.node("Sub", [to.tensor(x), meanOf(x, to)]));

/** The mean of every channel, reduced axes kept. */
const meanOf = (x: Value, to: Lowering): string =>
  to.once(x, "mean", () =>
    reduced("ReduceMean", to.tensor(x), x.shape, {
      axes: allButChannels(x),
      keepDimensions: true,
    }, to));

/** A vector of channels in a shape that broadcasts to that of `x`. */
const perChannel = (vector: string, x: Value, to: Lowering): string =>
  to.node("Unsqueeze", [vector, to.integers(allButChannels(x))]);

/**
 * What was reduced to one number a channel, as a vector. Unlike `Reshape` it
 * lets ONNX Runtime keep the channels last.
 */
const asVector = (perChannel: string, x: Value, to: Lowering): string =>
  to.node("Squeeze", [perChannel, to.integers(allButChannels(x))]);

const allButChannels = (x: Value): readonly number[] =>
  x.shape.flatMap((_, axis) => axis === 1 ? [] : [axis]);

const countPerChannel = (x: Value): number => sizeOf(x.shape) / x.shape[1]!;

const zeros = (channels: number, to: Lowering): string =>
  to.constant(`zeros ${channels}`, () => floatTensor([channels]));

const ones = (channels: number, to: Lowering): string =>
  to.constant(
    `ones ${channels}`,
    () => floatTensor([channels], new Float32Array(channels).fill(1)),
  );
