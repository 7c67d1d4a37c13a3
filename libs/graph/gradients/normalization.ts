/**
 * Derivatives of batch normalisation and of its statistics.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import {
  add,
  divide,
  multiply,
  negate,
  sqrt,
  subtract,
} from "../elementwise.ts";
import {
  batchMean,
  batchNormalizationInputGradient,
  batchNormalizationScaleGradient,
  type Statistics,
} from "../normalization.ts";
import { reduceSum } from "../reduction.ts";
import { broadcast, reshape } from "../shape_operators.ts";
import type { Value } from "../value.ts";
import { type GradientRules, noDerivative, type Part } from "./rule.ts";

/** Derivatives of batch normalisation and of its statistics. */
export const normalizationGradients: GradientRules<
  | "batchMean"
  | "batchVariance"
  | "batchNormalization"
  | "batchNormalizationScaleGradient"
  | "batchNormalizationInputGradient"
> = {
  batchMean: ({ inputs: [x] }, dy) => {
    const dx = divide(dy, countPerChannel(x!));
    return [broadcast(perChannel(dx, x!), x!.shape)];
  },
  batchVariance: ({ inputs: [x] }, dy) => {
    const slope = multiply(dy, 2 / countPerChannel(x!));
    const centred = subtract(x!, perChannel(batchMean(x!), x!));
    return [multiply(centred, perChannel(slope, x!))];
  },
  batchNormalization: (value, dy, parameters) => {
    const [x, mean, variance, scale] = value.inputs as Operands;
    const { epsilon } = value.operator;
    const statistics = { mean, variance };
    const vectors = {
      scaleGradient: batchNormalizationScaleGradient(
        x,
        dy,
        statistics,
        epsilon,
      ),
      biasGradient: reduceSum(dy, { axes: allButChannels(x) }),
    };
    const rest = areOwn(statistics, x, parameters)
      ? throughOwnStatistics(x, dy, statistics, scale, vectors, epsilon)
      : byFixedStatistics(x, dy, variance, scale, vectors, epsilon);
    return [...rest, vectors.scaleGradient, vectors.biasGradient];
  },
  batchNormalizationScaleGradient: noDerivative,
  batchNormalizationInputGradient: noDerivative,
};

type Operands = readonly [Value, Value, Value, Value, Value];

/** Whether the gradient with respect to `x` is to go through its statistics. */
const areOwn = (
  { mean, variance }: Statistics,
  x: Value,
  parameters: ReadonlySet<Value>,
): boolean =>
  mean.operator.type === "batchMean" && mean.inputs[0] === x &&
  variance.operator.type === "batchVariance" && variance.inputs[0] === x &&
  !parameters.has(mean) && !parameters.has(variance);

/** Gradients of `x`, mean and variance when these are statistics of `x`. */
const throughOwnStatistics = (
  ...operands: Parameters<typeof batchNormalizationInputGradient>
): readonly Part[] => [
  batchNormalizationInputGradient(...operands),
  "zero",
  "zero",
];

/** Gradients of `x`, mean and variance when they do not depend on each other. */
const byFixedStatistics = (
  x: Value,
  dy: Value,
  variance: Value,
  scale: Value,
  { scaleGradient, biasGradient }: {
    readonly scaleGradient: Value;
    readonly biasGradient: Value;
  },
  epsilon: number,
): readonly Part[] => {
  const shifted = add(variance, epsilon);
  const slope = divide(scale, sqrt(shifted));
  return [
    multiply(dy, perChannel(slope, x)),
    negate(multiply(biasGradient, slope)),
    negate(divide(multiply(scaleGradient, scale), multiply(shifted, 2))),
  ];
};

/** A vector of channels in a shape that broadcasts to that of `x`. */
const perChannel = (vector: Value, x: Value): Value =>
  reshape(vector, x.shape.map((size, axis) => axis === 1 ? size : 1));

const countPerChannel = (x: Value): number => sizeOf(x.shape) / x.shape[1]!;

const allButChannels = (x: Value): readonly number[] =>
  x.shape.flatMap((_, axis) => axis === 1 ? [] : [axis]);
