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
 * Statistics and gradients go by parts of the batch that fit the cache.
 *
 * @module
 */
import { floatTensor, type Shape, sizeOf } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import { byParts, equalParts, mostInCache } from "./by_parts.ts";
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
  batchVariance: ({ inputs: [x], shape }, to) =>
    overImages("ReduceMean", centredByOwnMean(x!, to).squares, x!, shape, to),
  batchNormalization: (value, to) => {
    const [x, mean, variance, scale, bias] = value.inputs;
    const own = isOwnMean(mean!, x!);
    const images = own ? centredPlanes(x!, to) : to.tensor(x!);
    const statistics = { x: x!, mean: mean!, variance: variance! };
    const normalize = normalizer(statistics, value.operator, to);
    const normalized = normalize(
      images,
      to.tensor(scale!),
      to.tensor(bias!),
    );
    return own
      ? to.node("Reshape", [normalized, to.integers(x!.shape)])
      : normalized;
  },
  batchNormalizationScaleGradient: (value, to) => {
    const [x, dy, mean, variance] = value.inputs;
    const { parts, planes, perPlane } = partsOf(x!);
    const own = isOwnMean(mean!, x!);
    const subtrahend = own ? "" : asColumn(to.tensor(mean!), to);
    const [sums] = byParts(
      parts,
      [
        { tensor: to.tensor(dy!), shape: planes },
        { tensor: normalizable(x!, mean!, to), shape: planes },
      ],
      [{ shape: perPlane }],
      ([dy, x]) => {
        const centred = own ? x! : to.node("Sub", [x!, subtrahend]);
        const products = to.node("Mul", [dy!, centred]);
        return [to.node("ReduceSum", [products, to.integers([2])])];
      },
      to,
    );
    return to.node("Div", [
      overImages("ReduceSum", sums!, x!, value.shape, to),
      deviation(variance!, value.operator, to),
    ]);
  },
  batchNormalizationInputGradient: (value, to) => {
    const [x, dy, mean, variance, scale, scaleGradient, biasGradient] =
      value.inputs;
    const { parts, planes } = partsOf(x!);
    const slope = to.node("Div", [
      to.tensor(scale!),
      deviation(variance!, value.operator, to),
    ]);
    const scaled = to.node("Mul", [
      slope,
      to.scalar(-x!.shape[1]! / sizeOf(x!.shape)),
    ]);
    const statistics = { x: x!, mean: mean!, variance: variance! };
    const normalize = normalizer(statistics, value.operator, to);
    const factor = asColumn(slope, to);
    const factors = [
      to.node("Mul", [scaled, to.tensor(scaleGradient!)]),
      to.node("Mul", [scaled, to.tensor(biasGradient!)]),
    ] as const;
    const [gradient] = byParts(
      parts,
      [
        { tensor: to.tensor(dy!), shape: planes },
        { tensor: normalizable(x!, mean!, to), shape: planes },
      ],
      [{ shape: planes }],
      ([dy, x]) => [
        to.node("Add", [
          to.node("Mul", [dy!, factor]),
          normalize(x!, ...factors),
        ]),
      ],
      to,
    );
    return to.node("Reshape", [gradient!, to.integers(x!.shape)]);
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
  to.once(x, "mean", () => {
    const axes = x.shape.flatMap((_, axis) => axis === 1 ? [] : [axis]);
    return reduceByRuns("ReduceMean", to.tensor(x), axes, to);
  });

/** A batch minus the mean of its channels. */
interface Centred {
  /** Name of it, `[parts, n / parts, c, h * w]`. */
  readonly maps: string;
  /** Name of the mean squares of all its maps, `[parts, n / parts, c, 1]`. */
  readonly squares: string;
}

const centredByOwnMean = (x: Value, to: Lowering): Centred =>
  to.once(x, "centred", () => {
    const { parts, planes, perPlane } = partsOf(x);
    const mean = asColumn(meanOf(x, to), to);
    const [maps, squares] = byParts(
      parts,
      [{ tensor: to.tensor(x), shape: planes }],
      [{ shape: planes }, { shape: perPlane }],
      ([x]) => {
        const centred = to.node("Sub", [x!, mean]);
        const squares = to.node("Mul", [centred, centred]);
        const means = to.node("ReduceMean", [squares, to.integers([2])]);
        return [centred, means];
      },
      to,
    );
    return { maps: maps!, squares: squares! };
  });

/** The centred images `[n, c, h * w]`. */
const centredPlanes = (x: Value, to: Lowering): string =>
  to.node("Reshape", [
    centredByOwnMean(x, to).maps,
    to.integers([x.shape[0]!, x.shape[1]!, -1]),
  ]);

/** What {@link normalizer} is given: centred images where `mean` is their own. */
const normalizable = (x: Value, mean: Value, to: Lowering): string =>
  isOwnMean(mean, x) ? centredByOwnMean(x, to).maps : to.tensor(x);

/** How images go by parts of the batch. */
const partsOf = ({ shape: [n, c, ...sizes] }: Value) => {
  const parts = equalParts(n!, c! * sizeOf(sizes), mostInCache);
  return {
    parts,
    /** `[n / parts, c, h * w]`. */
    planes: [n! / parts, c!, sizeOf(sizes)],
    /** `[n / parts, c, 1]`. */
    perPlane: [n! / parts, c!, 1],
  };
};

/** Reduces what was computed of every map to one number for each channel. */
const overImages = (
  operator: string,
  perPlane: string,
  { shape: [n, c] }: Value,
  shape: Shape,
  to: Lowering,
): string => {
  const planes = to.node("Reshape", [perPlane, to.integers([n!, c!, 1])]);
  const reduced = to.node(operator, [planes, to.integers([0])]);
  return to.node("Reshape", [reduced, to.integers(shape)]);
};

/** Multiplies and shifts every channel of normalised images. */
const normalizer = (
  { x, mean, variance }: Readonly<Record<"x" | "mean" | "variance", Value>>,
  { epsilon }: { readonly epsilon: number },
  to: Lowering,
) => {
  const names = [
    isOwnMean(mean, x) ? zeros(mean.shape, to) : to.tensor(mean),
    to.tensor(variance),
  ];
  return (images: string, scale: string, bias: string): string =>
    to.node("BatchNormalization", [images, scale, bias, ...names], {
      epsilon: { f: epsilon },
    });
};

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

/** A vector of channels as `[c, 1]`. */
const asColumn = (vector: string, to: Lowering): string =>
  to.node("Reshape", [vector, to.integers([-1, 1])]);
