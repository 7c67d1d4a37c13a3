/**
 * Derivatives of the reductions.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import { divide, multiply, reluGradient, subtract } from "../elementwise.ts";
import { constant } from "../leaves.ts";
import { reduceSum } from "../reduction.ts";
import { broadcast, reshape } from "../shape_operators.ts";
import { type GradientRules, noDerivative } from "./rule.ts";

/** Derivatives of the reductions. */
export const reductionGradients: GradientRules<
  "reduceSum" | "reduceMean" | "reduceMax" | "argMax"
> = {
  reduceSum: ({ operator: { axes }, inputs: [x] }, dy) => [
    broadcast(reshape(dy, reducedTo1(x!.shape, axes)), x!.shape),
  ],
  reduceMean: (y, dy) => {
    const x = y.inputs[0]!;
    const dx = divide(dy, sizeOf(x.shape) / sizeOf(y.shape));
    const { axes } = y.operator;
    return [broadcast(reshape(dx, reducedTo1(x.shape, axes)), x.shape)];
  },
  reduceMax: (y, dy) => {
    const x = y.inputs[0]!;
    const { axes } = y.operator;
    const shape = reducedTo1(x.shape, axes);
    const below = subtract(reshape(y, shape), x);
    const isMaximum = subtract(1, reluGradient(below, constant(1, x.shape)));
    const count = reduceSum(isMaximum, { axes, keepDimensions: true });
    return [multiply(isMaximum, divide(reshape(dy, shape), count))];
  },
  argMax: noDerivative,
};

/** A shape whose reduced axes remain with size 1. */
const reducedTo1 = (shape: Shape, axes: readonly number[]): Shape =>
  shape.map((size, axis) => axes.includes(axis) ? 1 : size);
