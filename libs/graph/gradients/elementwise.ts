/**
 * Derivatives of the elementwise operators.
 *
 * @module
 */
import { Effect } from "effect";
import {
  divide,
  multiply,
  negate,
  reluGradient,
  subtract,
} from "../elementwise.ts";
import { type GradientRules, noDerivative, sumTo } from "./rule.ts";

/** Derivatives of the elementwise operators. */
export const elementwiseGradients: GradientRules<
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "negate"
  | "exp"
  | "log"
  | "sqrt"
  | "relu"
  | "sigmoid"
  | "toFloat"
  | "reluGradient"
> = {
  add: Effect.fnUntraced(function* ({ inputs: [a, b] }, dy) {
    return [yield* sumTo(dy, a!.shape), yield* sumTo(dy, b!.shape)];
  }),
  subtract: Effect.fnUntraced(function* ({ inputs: [a, b] }, dy) {
    return [
      yield* sumTo(dy, a!.shape),
      yield* negate(yield* sumTo(dy, b!.shape)),
    ];
  }),
  multiply: Effect.fnUntraced(function* ({ inputs: [a, b] }, dy) {
    return [
      yield* sumTo(yield* multiply(dy, b!), a!.shape),
      yield* sumTo(yield* multiply(dy, a!), b!.shape),
    ];
  }),
  divide: Effect.fnUntraced(function* (value, dy) {
    const [a, b] = value.inputs;
    const share = yield* divide(dy, b!);
    const slope = yield* negate(yield* multiply(share, value));
    return [yield* sumTo(share, a!.shape), yield* sumTo(slope, b!.shape)];
  }),
  negate: Effect.fnUntraced(function* (_, dy) {
    return [yield* negate(dy)];
  }),
  exp: Effect.fnUntraced(function* (value, dy) {
    return [yield* multiply(dy, value)];
  }),
  log: Effect.fnUntraced(function* ({ inputs: [x] }, dy) {
    return [yield* divide(dy, x!)];
  }),
  sqrt: Effect.fnUntraced(function* (value, dy) {
    return [yield* divide(dy, yield* multiply(value, 2))];
  }),
  relu: Effect.fnUntraced(function* ({ inputs: [x] }, dy) {
    return [yield* reluGradient(x!, dy)];
  }),
  sigmoid: Effect.fnUntraced(function* (value, dy) {
    const slope = yield* multiply(value, yield* subtract(1, value));
    return [yield* multiply(dy, slope)];
  }),
  toFloat: noDerivative,
  reluGradient: noDerivative,
};
