/**
 * Derivatives of the reductions.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import { Effect } from "effect";
import { divide, multiply, reluGradient, subtract } from "../elementwise.ts";
import { constant } from "../leaves.ts";
import { reduceSum } from "../reduction.ts";
import { broadcast, reshape } from "../shape_operators.ts";
import { type GradientRules, noDerivative } from "./rule.ts";

/** Derivatives of the reductions. */
export const reductionGradients: GradientRules<
  "reduceSum" | "reduceMean" | "reduceMax" | "argMax"
> = {
  reduceSum: Effect.fnUntraced(function* ({ operator, inputs: [x] }, dy) {
    const kept = yield* reshape(dy, keptShape(x!.shape, operator.axes));
    return [yield* broadcast(kept, x!.shape)];
  }),
  reduceMean: Effect.fnUntraced(function* (value, dy) {
    const x = value.inputs[0]!;
    const share = yield* divide(dy, sizeOf(x.shape) / sizeOf(value.shape));
    const kept = yield* reshape(share, keptShape(x.shape, value.operator.axes));
    return [yield* broadcast(kept, x.shape)];
  }),
  reduceMax: Effect.fnUntraced(function* (value, dy) {
    const x = value.inputs[0]!;
    const { axes } = value.operator;
    const kept = keptShape(x.shape, axes);
    const below = yield* subtract(yield* reshape(value, kept), x);
    const ones = yield* constant(1, x.shape);
    const maxima = yield* subtract(1, yield* reluGradient(below, ones));
    const count = yield* reduceSum(maxima, { axes, keepDimensions: true });
    const share = yield* divide(yield* reshape(dy, kept), count);
    return [yield* multiply(maxima, share)];
  }),
  argMax: noDerivative,
};

const keptShape = (shape: Shape, axes: readonly number[]): Shape =>
  shape.map((size, axis) => axes.includes(axis) ? 1 : size);
