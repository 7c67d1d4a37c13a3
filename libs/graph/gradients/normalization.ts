/**
 * Derivatives of batch normalisation and of its statistics.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import { Effect } from "effect";
import {
  add,
  divide,
  multiply,
  negate,
  sqrt,
  subtract,
} from "../elementwise.ts";
import type { ShapeError } from "../errors.ts";
import {
  batchMean,
  batchNormalizationInputGradient,
  batchNormalizationScaleGradient,
  type Statistics,
} from "../normalization.ts";
import { reduceSum } from "../reduction.ts";
import { broadcast, reshape } from "../shape_operators.ts";
import type { Value } from "../value.ts";
import { type GradientRules, noDerivative } from "./rule.ts";

/** Derivatives of batch normalisation and of its statistics. */
export const normalizationGradients: GradientRules<
  | "batchMean"
  | "batchVariance"
  | "batchNormalization"
  | "batchNormalizationScaleGradient"
  | "batchNormalizationInputGradient"
> = {
  batchMean: Effect.fnUntraced(function* ({ inputs: [x] }, dy) {
    const share = yield* divide(dy, sizeOf(x!.shape) / x!.shape[1]!);
    return [yield* broadcast(yield* perChannel(share, x!), x!.shape)];
  }),
  batchVariance: Effect.fnUntraced(function* ({ inputs: [x] }, dy) {
    const share = yield* multiply(dy, 2 * x!.shape[1]! / sizeOf(x!.shape));
    const mean = yield* perChannel(yield* batchMean(x!), x!);
    const centred = yield* subtract(x!, mean);
    return [yield* multiply(centred, yield* perChannel(share, x!))];
  }),
  batchNormalization: Effect.fnUntraced(function* (value, dy, parameters) {
    const [x, mean, variance, scale] = value.inputs as Operands;
    const { epsilon } = value.operator;
    const statistics = { mean, variance };
    const scaleGradient = yield* batchNormalizationScaleGradient(
      x,
      dy,
      statistics,
      epsilon,
    );
    const biasGradient = yield* reduceSum(dy, { axes: allButChannels(x) });
    const vectors = { scaleGradient, biasGradient };
    const parts = areOwn(statistics, x, parameters)
      ? [
        yield* batchNormalizationInputGradient(
          x,
          dy,
          statistics,
          scale,
          vectors,
          epsilon,
        ),
        "zero" as const,
        "zero" as const,
      ]
      : yield* givenStatistics(x, dy, variance, scale, vectors, epsilon);
    return [...parts, scaleGradient, biasGradient];
  }),
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

/** Gradients of `x`, mean and variance when they do not depend on each other. */
const givenStatistics = Effect.fnUntraced(function* (
  x: Value,
  dy: Value,
  variance: Value,
  scale: Value,
  { scaleGradient, biasGradient }: {
    readonly scaleGradient: Value;
    readonly biasGradient: Value;
  },
  epsilon: number,
): Effect.fn.Return<readonly Value[], ShapeError> {
  const shifted = yield* add(variance, epsilon);
  const slope = yield* divide(scale, yield* sqrt(shifted));
  const through = yield* multiply(scaleGradient, scale);
  return [
    yield* multiply(dy, yield* perChannel(slope, x)),
    yield* negate(yield* multiply(biasGradient, slope)),
    yield* negate(yield* divide(through, yield* multiply(shifted, 2))),
  ];
});

/** A vector of channels in a shape that broadcasts to that of `x`. */
const perChannel = (
  vector: Value,
  x: Value,
): Effect.Effect<Value, ShapeError> =>
  reshape(vector, x.shape.map((size, axis) => axis === 1 ? size : 1));

const allButChannels = (x: Value): readonly number[] =>
  x.shape.flatMap((_, axis) => axis === 1 ? [] : [axis]);
