/**
 * Derivatives of softmax and of the cross-entropies, none with respect to
 * labels and targets.
 *
 * @module
 */
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
  softmax: (y, dy) => {
    const rows = { axes: [1], keepDimensions: true };
    const mean = reduceSum(multiply(dy, y), rows);
    return [multiply(y, subtract(dy, mean))];
  },
  softmaxCrossEntropy: ({ inputs: [logits, labels] }, dy) => [
    softmaxCrossEntropyGradient(logits!, labels!, dy),
  ],
  sigmoidCrossEntropy: ({ inputs: [logits, targets] }, dy) => [
    sigmoidCrossEntropyGradient(logits!, targets!, dy),
  ],
  softmaxCrossEntropyGradient: noDerivative,
  sigmoidCrossEntropyGradient: noDerivative,
};
