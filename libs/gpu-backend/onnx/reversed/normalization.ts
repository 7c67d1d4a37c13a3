/**
 * Batch normalisation of reversed maps, its statistics and its gradients.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lowering, ValueOf } from "../lowering.ts";
import { deviation } from "../normalization.ts";
import { type Maps, reshape } from "./layout.ts";
import { toMaxima } from "./pooling.ts";

/**
 * Adds the nodes of the mean of every channel.
 *
 * @param value The mean.
 * @param to Where it is lowered to.
 * @returns Name of the means, `[c]`.
 */
export const batchMean = (
  { inputs: [x] }: ValueOf<"batchMean">,
  to: Lowering,
): string => meanOf(x!, to);

/**
 * Adds the nodes of the variance of every channel.
 *
 * @param value The variance.
 * @param to Where it is lowered to.
 * @returns Name of the variances, `[c]`.
 */
export const batchVariance = (
  { inputs: [x] }: ValueOf<"batchVariance">,
  to: Lowering,
): string => {
  const centred = centredBy(meanOf(x!, to), x!, to);
  const squares = to.node("Mul", [centred, centred]);
  return overChannels("ReduceMean", squares, x!, to);
};

/**
 * Adds the nodes of the normalisation.
 *
 * @param value The normalisation.
 * @param to Where it is lowered to.
 * @returns Name of the reversed result.
 */
export const batchNormalization = (
  { operator, inputs }: ValueOf<"batchNormalization">,
  to: Lowering,
): string => {
  const [x, mean, variance, scale, bias] = inputs;
  const slope = to.node("Div", [
    to.tensor(scale!),
    deviation(variance!, operator, to),
  ]);
  const centred = centredBy(to.tensor(mean!), x!, to);
  const scaled = to.node("Mul", [centred, perChannel(slope, to)]);
  return to.node("Add", [scaled, perChannel(to.tensor(bias!), to)]);
};

/**
 * Adds the nodes of the gradient of the scale.
 *
 * @param value The gradient.
 * @param to Where it is lowered to.
 * @returns Name of the gradient, `[c]`.
 */
export const scaleGradient = (
  { operator, inputs }: ValueOf<"batchNormalizationScaleGradient">,
  to: Lowering,
): string => {
  const [x, dy, mean, variance] = inputs;
  const centred = centredBy(to.tensor(mean!), x!, to);
  const products = to.node("Mul", [to.reversed(dy!), centred]);
  return to.node("Div", [
    overChannels("ReduceSum", products, x!, to),
    deviation(variance!, operator, to),
  ]);
};

/**
 * Adds the nodes of the gradient with respect to what was normalised.
 *
 * @param value The gradient.
 * @param to Where it is lowered to.
 * @returns Name of the reversed gradient.
 */
export const inputGradient = (
  { operator, inputs }: ValueOf<"batchNormalizationInputGradient">,
  to: Lowering,
): string => {
  const [x, dy, mean, variance, scale, ofScale, ofBias] = inputs;
  const divisor = deviation(variance!, operator, to);
  const slope = to.node("Div", [to.tensor(scale!), divisor]);
  const scaled = to.node("Mul", [
    slope,
    to.scalar(-x!.shape[1]! / sizeOf(x!.shape)),
  ]);
  const throughVariance = to.node("Mul", [
    centredBy(to.tensor(mean!), x!, to),
    perChannel(
      to.node("Div", [
        to.node("Mul", [scaled, to.tensor(ofScale!)]),
        divisor,
      ]),
      to,
    ),
  ]);
  const throughMean = perChannel(
    to.node("Mul", [scaled, to.tensor(ofBias!)]),
    to,
  );
  return to.node("Add", [
    timesChannels(dy!, slope, to),
    to.node("Add", [throughVariance, throughMean]),
  ]);
};

/**
 * Adds the nodes of the sum of every channel.
 *
 * @param value A sum over all axes but that of the channels.
 * @param to Where it is lowered to.
 * @returns Name of the sums.
 */
export const sumOfChannels = (
  { inputs: [x], shape }: ValueOf<"reduceSum">,
  to: Lowering,
): string =>
  reshape(overChannels("ReduceSum", to.reversed(x!), x!, to), shape, to);

/** A gradient times a number a channel: before it is put to maxima. */
const timesChannels = (dy: Value, slope: string, to: Lowering): string => {
  const times = (gradient: Value) =>
    to.node("Mul", [to.reversed(gradient), perChannel(slope, to)]);
  return dy.operator.type === "maxPoolGradient" && to.isReversed(dy) &&
      to.uses(dy) === 1
    ? toMaxima(dy.inputs[0]!, times(dy.inputs[1]!), to)
    : times(dy);
};

const meanOf = (x: Value, to: Lowering): string =>
  to.once(
    x,
    "reversed mean",
    () => overChannels("ReduceMean", to.reversed(x), x, to),
  );

const centredBy = (mean: string, x: Value, to: Lowering): string =>
  to.once(
    x,
    `reversed centred by ${mean}`,
    () => to.node("Sub", [to.reversed(x), perChannel(mean, to)]),
  );

/** Reduces places, then images: `[w * h, c, n]` to `[c]`. */
const overChannels = (
  operator: string,
  maps: string,
  x: Value,
  to: Lowering,
): string => {
  const [n, c] = x.shape as Maps;
  const withoutPlaces = to.node(operator, [
    reshape(maps, [-1, c * n], to),
    to.integers([0]),
  ]);
  const sums = to.node(operator, [
    reshape(withoutPlaces, [c, n], to),
    to.integers([1]),
  ]);
  return reshape(sums, [c], to);
};

/** A vector of channels in a shape that broadcasts to that of maps. */
const perChannel = (vector: string, to: Lowering): string =>
  reshape(vector, [-1, 1], to);
