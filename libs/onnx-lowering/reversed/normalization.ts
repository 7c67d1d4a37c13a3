/**
 * Batch normalisation of reversed maps, its statistics and its gradients.
 *
 * @module
 */
import { floatTensor, type Shape, sizeOf } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lowering, ValueOf } from "../lowering.ts";
import { deviation } from "../normalization.ts";
import { reshape } from "../shape_operators.ts";
import { inOrder, maximaOf, toPlaces } from "./pooling.ts";

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
  return overChannels("ReduceMean", squares, to);
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
  return line(centred, { slope, shift: to.tensor(bias!) }, scale!.shape, to);
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
    overChannels("ReduceSum", products, to),
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
  value: ValueOf<"batchNormalizationInputGradient">,
  to: Lowering,
): string => {
  const byPlace = gradientByPlace(value, to);
  if (byPlace !== undefined) return inOrder(byPlace, value.shape, to);
  const [x, dy, mean] = value.inputs;
  const { direct, throughStatistics } = gradientOf(value, to);
  return to.node("Add", [
    direct(dy!),
    throughStatistics(centredBy(to.tensor(mean!), x!, to)),
  ]);
};

/**
 * Adds the nodes of a gradient that {@link inputGradient} would put in order.
 *
 * @param value Any value.
 * @param to Where it is lowered to.
 * @returns Name of the gradient, place by place of the windows of a pooling, see
 * `toPlaces`; undefined where `value` is something else.
 */
export const gradientByPlace = (
  value: Value,
  to: Lowering,
): string | undefined => {
  const [x, dy, mean] = value.inputs;
  if (
    value.operator.type !== "batchNormalizationInputGradient" ||
    dy!.operator.type !== "maxPoolGradient" || dy!.inputs[0] !== x ||
    !to.isReversed(dy!) || to.uses(dy!) > 1
  ) return undefined;
  const normalized = value as ValueOf<"batchNormalizationInputGradient">;
  return to.once(value, "by place", () => {
    const { direct, throughStatistics } = gradientOf(normalized, to);
    const centred = centredBy(to.tensor(mean!), x!, to);
    // Both are added where the maxima are, which are in the cache.
    return toPlaces(
      { maps: x!, tensor: centred },
      direct(dy!.inputs[1]!),
      to,
      throughStatistics,
    );
  });
};

/** The two parts of the gradient with respect to what was normalised. */
const gradientOf = (
  { operator, inputs }: ValueOf<"batchNormalizationInputGradient">,
  to: Lowering,
) => {
  const [x, , , variance, scale, ofScale, ofBias] = inputs;
  const divisor = deviation(variance!, operator, to);
  const slope = to.node("Div", [to.tensor(scale!), divisor]);
  const scaled = to.node("Mul", [
    slope,
    to.scalar(-x!.shape[1]! / sizeOf(x!.shape)),
  ]);
  const ofStatistics = {
    slope: to.node("Div", [
      to.node("Mul", [scaled, to.tensor(ofScale!)]),
      divisor,
    ]),
    shift: to.node("Mul", [scaled, to.tensor(ofBias!)]),
  };
  return {
    direct: (gradient: Value) =>
      line(to.reversed(gradient), { slope }, scale!.shape, to),
    throughStatistics: (centred: string) =>
      line(centred, ofStatistics, scale!.shape, to),
  };
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
): string => reshape(overChannels("ReduceSum", to.reversed(x!), to), shape, to);

const meanOf = (x: Value, to: Lowering): string =>
  to.once(
    x,
    "reversed mean",
    () => overChannels("ReduceMean", to.reversed(x), to),
  );

/**
 * Maps of which a number a channel is subtracted. Maxima are those of what was
 * pooled, for which it is done anyway: rounding keeps the order of numbers.
 */
const centredBy = (mean: string, x: Value, to: Lowering): string =>
  to.once(x, `reversed centred by ${mean}`, () => {
    const { operator, inputs: [maps] } = x;
    return operator.type === "maxPool" && to.isReversed(x)
      ? maximaOf({ maps: maps!, tensor: centredBy(mean, maps!, to) }, to)
      : line(to.reversed(x), { mean }, [x.shape[1]!], to);
  });

/**
 * Reduces images, then places. The reverse takes three times as long where
 * places are few.
 *
 * @param operator Name of the ONNX reduction.
 * @param maps Name of the maps, `[w * h, c, n]`.
 * @param to Where they are lowered to.
 * @returns Name of the result, `[c]`.
 */
export const overChannels = (
  operator: string,
  maps: string,
  to: Lowering,
): string => {
  const withoutAxis = { keepdims: { i: 0 } };
  return [2, 0].reduce(
    (tensor, axis) =>
      to.node(operator, [tensor, to.integers([axis])], withoutAxis),
    maps,
  );
};

/** A rising or falling line for every channel, vectors `[c]`. */
export interface Line {
  /** Subtracted first. Default: 0. */
  readonly mean?: string;
  /** Default: 1. */
  readonly slope?: string;
  /** Added at last. Default: 0. */
  readonly shift?: string;
}

/**
 * Computes `(maps - mean) * slope + shift` in one pass: this operator goes by
 * whole channels of an image, where arithmetic that broadcasts takes three passes
 * of twice the time. Nothing is added to a variance of 1. Its sum is `maps * slope
 * + (shift - mean * slope)`, so one of `mean` and `slope` is the default.
 *
 * @param maps Name of the maps, `[w * h, c, n]`.
 * @param line See {@link Line}.
 * @param channels `[c]`.
 * @param to Where they are lowered to.
 * @returns Name of the result.
 */
export const line = (
  maps: string,
  { mean, slope, shift }: Line,
  channels: Shape,
  to: Lowering,
): string => {
  const all = (value: number) =>
    to.constant(`${value} for ${channels} channels`, () => {
      const tensor = floatTensor(channels);
      tensor.data.fill(value);
      return tensor;
    });
  return to.node("BatchNormalization", [
    maps,
    slope ?? all(1),
    shift ?? all(0),
    mean ?? all(0),
    all(1),
  ], { epsilon: { f: 0 } });
};
