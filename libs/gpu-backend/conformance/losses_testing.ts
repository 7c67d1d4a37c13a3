/**
 * Conformance of every executor: losses.
 *
 * @module
 */
import {
  sigmoidCrossEntropy,
  sigmoidCrossEntropyGradient,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
} from "@deepcluster/graph";
import { type OperatorCase, operatorCase } from "../testing.ts";

/** Cases of losses. */
export const lossCases: readonly OperatorCase[] = [1, 100].flatMap((scale) => [
  operatorCase(
    `softmax and its cross-entropy of logits about ${scale}, with ignored ` +
      "labels, equal the reference's",
    6,
    ({ between, floats, integers }) => {
      const [n, k] = [between(1, 6), between(1, 9)];
      const logits = floats("logits", [n, k], (x) => x * scale);
      const labels = integers("labels", [n], -2, k - 1);
      const dy = floats("dy", [n]);
      return {
        softmax: softmax(logits),
        loss: softmaxCrossEntropy(logits, labels),
        gradient: softmaxCrossEntropyGradient(logits, labels, dy),
      };
    },
  ),

  operatorCase(
    `sigmoid cross-entropy of logits about ${scale}, with ignored targets, ` +
      "equals the reference's",
    6,
    ({ between, floats }) => {
      const shape = [between(1, 6), between(1, 5)];
      const logits = floats("logits", shape, (x) => x * scale);
      const targets = floats(
        "targets",
        shape,
        (x) => x < -1 ? -1 : Math.min(1, Math.abs(x)),
      );
      const dy = floats("dy", shape);
      return {
        loss: sigmoidCrossEntropy(logits, targets),
        gradient: sigmoidCrossEntropyGradient(logits, targets, dy),
      };
    },
  ),
]);
