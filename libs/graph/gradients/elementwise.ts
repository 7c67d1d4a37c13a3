/**
 * Derivatives of the elementwise operators.
 *
 * @module
 */
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
  add: ({ inputs: [a, b] }, dy) => [sumTo(dy, a!.shape), sumTo(dy, b!.shape)],
  subtract: ({ inputs: [a, b] }, dy) => [
    sumTo(dy, a!.shape),
    negate(sumTo(dy, b!.shape)),
  ],
  multiply: ({ inputs: [a, b] }, dy) => [
    sumTo(multiply(dy, b!), a!.shape),
    sumTo(multiply(dy, a!), b!.shape),
  ],
  divide: (quotient, dy) => {
    const [a, b] = quotient.inputs;
    const da = divide(dy, b!);
    const db = negate(multiply(da, quotient));
    return [sumTo(da, a!.shape), sumTo(db, b!.shape)];
  },
  negate: (_, dy) => [negate(dy)],
  exp: (y, dy) => [multiply(dy, y)],
  log: ({ inputs: [x] }, dy) => [divide(dy, x!)],
  sqrt: (y, dy) => [divide(dy, multiply(y, 2))],
  relu: ({ inputs: [x] }, dy) => [reluGradient(x!, dy)],
  sigmoid: (y, dy) => [multiply(dy, multiply(y, subtract(1, y)))],
  toFloat: noDerivative,
  // Its slope in x is 0 except at 0, where there is none.
  reluGradient: ({ inputs: [x] }, dy) => ["zero", reluGradient(x!, dy)],
};
