/**
 * Derivatives of softmax and of the cross-entropies, none with respect to
 * labels and targets.
 *
 * @module
 */
import { Effect } from "effect";
import { multiply, subtract } from "../elementwise.ts";
import {
  sigmoidCrossEntropyGradient,
  softmaxCrossEntropyGradient,
} from "../losses.ts";
import { reduceSum } from "../reduction.ts";
import { type GradientRules, noDerivative } from "./rule.ts";

/** Derivatives of softmax and of the cross-entropies. */
export const lossGradients: GradientRules<
  | "softmax"
  | "softmaxCrossEntropy"
  | "softmaxCrossEntropyGradient"
  | "sigmoidCrossEntropy"
  | "sigmoidCrossEntropyGradient"
> = {
  softmax: Effect.fnUntraced(function* (value, dy) {
    const mean = yield* reduceSum(yield* multiply(dy, value), {
      axes: [1],
      keepDimensions: true,
    });
    return [yield* multiply(value, yield* subtract(dy, mean))];
  }),
  softmaxCrossEntropy: Effect.fnUntraced(function* ({ inputs }, dy) {
    const [logits, labels] = inputs;
    return [yield* softmaxCrossEntropyGradient(logits!, labels!, dy)];
  }),
  sigmoidCrossEntropy: Effect.fnUntraced(function* ({ inputs }, dy) {
    const [logits, targets] = inputs;
    return [yield* sigmoidCrossEntropyGradient(logits!, targets!, dy)];
  }),
  softmaxCrossEntropyGradient: noDerivative,
  sigmoidCrossEntropyGradient: noDerivative,
};
