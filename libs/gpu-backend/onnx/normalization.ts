/**
 * Batch normalisation, its statistics and its gradients in ONNX.
 *
 * The inference operator `BatchNormalization` takes any statistics, and with
 * constant ones ONNX Runtime folds it into the convolution before. It is one
 * pass over the images where multiplying and adding are two.
 *
 * A batch normalised by its own mean is centred once; variance, normalisation
 * and both gradients read the centred images, so that nothing else need stay
 * in memory, and no precision is lost where the mean is far from 0.
 *
 * @module
 */
import { floatTensor, type Shape, sizeOf } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lowering, Lowerings } from "./lowering.ts";
import { reduceByRuns } from "./reduction.ts";

/** Lowerings of batch normalisation, of its statistics and gradients. */
export const normalizationLowerings: Lowerings<
  | "batchMean"
  | "batchVariance"
  | "batchNormalization"
  | "batchNormalizationScaleGradient"
  | "batchNormalizationInputGradient"
> = {
  batchMean: ({ inputs: [x], shape }, to) =>
    to.node("Reshape", [meanOf(x!, to), to.integers(shape)]),
  batchVariance: ({ inputs: [x], shape }, to) => {
    const centred = centredPlanes(x!, to);
    const squares = to.node("Mul", [centred, centred]);
    const variance = reduceByRuns("ReduceMean", squares, [0, 2], to);
    return to.node("Reshape", [variance, to.integers(shape)]);
  },
  batchNormalization: (value, to) => {
    const [x, mean, variance, scale, bias] = value.inputs;
    const own = isOwnMean(mean!, x!);
    const images = own ? centredPlanes(x!, to) : to.tensor(x!);
    const statistics = { x: x!, mean: mean!, variance: variance! };
    const normalize = normalizer(images, statistics, value.operator, to);
    const normalized = normalize(to.tensor(scale!), to.tensor(bias!));
    return own
      ? to.node("Reshape", [normalized, to.integers(x!.shape)])
      : normalized;
  },
  batchNormalizationScaleGradient: (value, to) => {
    const [x, dy, mean, variance] = value.inputs;
    const centred = isOwnMean(mean!, x!)
      ? centredByOwnMean(x!, to)
      : to.node("Sub", [to.tensor(x!), perChannel(to.tensor(mean!), x!, to)]);
    const products = to.node("Mul", [to.tensor(dy!), centred]);
    const sums = overChannels("ReduceSum", products, x!, to);
    return to.node("Div", [
      to.node("Reshape", [sums, to.integers(value.shape)]),
      deviation(variance!, value.operator, to),
    ]);
  },
  batchNormalizationInputGradient: (value, to) => {
    const [x, dy, mean, variance, scale, scaleGradient, biasGradient] =
      value.inputs;
    const slope = to.node("Div", [
      to.tensor(scale!),
      deviation(variance!, value.operator, to),
    ]);
    const scaled = to.node("Mul", [
      slope,
      to.scalar(-x!.shape[1]! / sizeOf(x!.shape)),
    ]);
    const images = isOwnMean(mean!, x!)
      ? centredByOwnMean(x!, to)
      : to.tensor(x!);
    const statistics = { x: x!, mean: mean!, variance: variance! };
    const normalize = normalizer(images, statistics, value.operator, to);
    const throughStatistics = normalize(
      to.node("Mul", [scaled, to.tensor(scaleGradient!)]),
      to.node("Mul", [scaled, to.tensor(biasGradient!)]),
    );
    const direct = to.node("Mul", [
      to.tensor(dy!),
      perChannel(slope, x!, to),
    ]);
    return to.node("Add", [direct, throughStatistics]);
  },
};

/**
 * Whether images are centred by their own mean.
 *
 * @param mean Means of channels.
 * @param x Images.
 * @returns True when the one is computed from the other.
 */
export const isOwnMean = (mean: Value, x: Value): boolean =>
  mean.operator.type === "batchMean" && mean.inputs[0] === x;

/** The mean of every channel, reduced axes kept. */
const meanOf = (x: Value, to: Lowering): string =>
  to.once(x, "mean", () => overChannels("ReduceMean", to.tensor(x), x, to));

const centredByOwnMean = (x: Value, to: Lowering): string =>
  to.once(x, "centred", () => to.node("Sub", [to.tensor(x), meanOf(x, to)]));

/**
 * The centred images `[n, c, h * w]`, for the pass. Gradients read them as
 * `[n, c, h, w]`: in memory of one shape that the pass is done with, ONNX
 * Runtime would later write what has the same shape, and keep it until then.
 */
const centredPlanes = (x: Value, to: Lowering): string =>
  to.once(x, "centred planes", () =>
    to.node("Reshape", [
      centredByOwnMean(x, to),
      to.integers([x.shape[0]!, x.shape[1]!, -1]),
    ]));

const overChannels = (
  operator: string,
  tensor: string,
  x: Value,
  to: Lowering,
): string => {
  const axes = x.shape.flatMap((_, axis) => axis === 1 ? [] : [axis]);
  return reduceByRuns(operator, tensor, axes, to);
};

/** Multiplies and shifts every channel of normalised images. */
const normalizer = (
  images: string,
  { x, mean, variance }: Readonly<Record<"x" | "mean" | "variance", Value>>,
  { epsilon }: { readonly epsilon: number },
  to: Lowering,
) =>
(scale: string, bias: string): string =>
  to.node("BatchNormalization", [
    images,
    scale,
    bias,
    isOwnMean(mean, x) ? zeros(mean.shape, to) : to.tensor(mean),
    to.tensor(variance),
  ], { epsilon: { f: epsilon } });

const zeros = (shape: Shape, to: Lowering): string =>
  to.constant(`zeros ${shape.join("x")}`, () => floatTensor(shape));

/**
 * Returns the deviation of every channel.
 *
 * @param variance Variances of channels, `[c]`.
 * @param operator Its `epsilon` is added to them.
 * @param to Where it is lowered to.
 * @returns Name of the deviations, `[c]`.
 */
export const deviation = (
  variance: Value,
  { epsilon }: { readonly epsilon: number },
  to: Lowering,
): string =>
  to.once(variance, `deviation ${epsilon}`, () => {
    const shifted = to.node("Add", [to.tensor(variance), to.scalar(epsilon)]);
    return to.node("Sqrt", [shifted]);
  });

/** A vector of channels in a shape that broadcasts to that of `x`. */
const perChannel = (vector: string, x: Value, to: Lowering): string =>
  to.node("Reshape", [
    vector,
    to.integers([-1, ...x.shape.slice(2).map(() => 1)]),
  ]);
