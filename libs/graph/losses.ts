/**
 * Softmax and the two cross-entropies, with labels that can be ignored.
 *
 * @module
 */
import { apply, firstBroken, floatsOnly, sameShape } from "./apply.ts";
import type { Value } from "./value.ts";

/**
 * Returns probabilities of classes: `exp(x) / sum(exp(x))` over the last axis.
 *
 * @param logits float32 `[n, k]`.
 * @returns `[n, k]`.
 * @throws {ShapeError} When the logits are no matrix.
 */
export const softmax = (logits: Value): Value =>
  apply(
    { type: "softmax" },
    { logits },
    floatsOnly(logits) ?? matrixOnly(logits) ?? logits.shape,
  );

/**
 * Returns the loss of the paper's equation 1, image by image: minus the
 * logarithm of the {@link softmax} of the label's logit.
 *
 * @param logits float32 `[n, k]`.
 * @param labels int32 `[n]`, each below `k`; a negative one is ignored, its
 * loss is 0.
 * @returns `[n]`, to be averaged by `reduceMean`.
 * @throws {ShapeError} When the labels are not `n` integers.
 *
 * @example A loss over 10 000 pseudo-labels
 * ```ts
 * import { input, reduceMean, softmaxCrossEntropy } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const logits = input("logits", [256, 10000]);
 * const labels = input("labels", [256], "int32");
 * const loss = reduceMean(softmaxCrossEntropy(logits, labels));
 * assert.deepEqual(loss.shape, []);
 * ```
 */
export const softmaxCrossEntropy = (
  logits: Value,
  labels: Value,
): Value =>
  apply(
    { type: "softmaxCrossEntropy" },
    { logits, labels },
    labelled(logits, labels) ?? [logits.shape[0]!],
  );

/**
 * Returns the gradient of {@link softmaxCrossEntropy} with respect to its logits:
 * `dy * (softmax(logits) - one-hot(label))`, 0 where the label is ignored.
 *
 * @param logits float32 `[n, k]`.
 * @param labels int32 `[n]`.
 * @param dy float32 `[n]`.
 * @returns `[n, k]`.
 * @throws {ShapeError} When these do not belong together.
 */
export const softmaxCrossEntropyGradient = (
  logits: Value,
  labels: Value,
  dy: Value,
): Value =>
  apply(
    { type: "softmaxCrossEntropyGradient" },
    { logits, labels, dy },
    floatsOnly(dy) ?? labelled(logits, labels) ??
      firstBroken([["dy must be [n]", sameShape(dy.shape, labels.shape)]]) ??
      logits.shape,
  );

/**
 * Returns the logistic loss of independent yes-or-no questions:
 * `max(x, 0) - x * target + log(1 + exp(-|x|))`.
 *
 * @param logits float32, any shape.
 * @param targets float32, the same shape, from 0 to 1; a negative one is
 * ignored, its loss is 0.
 * @returns The same shape.
 * @throws {ShapeError} When they differ.
 */
export const sigmoidCrossEntropy = (
  logits: Value,
  targets: Value,
): Value =>
  apply(
    { type: "sigmoidCrossEntropy" },
    { logits, targets },
    allAlike(logits, targets) ?? logits.shape,
  );

/**
 * Returns the gradient of {@link sigmoidCrossEntropy} with respect to its logits:
 * `dy * (sigmoid(x) - target)`, 0 where the target is ignored.
 *
 * @param logits float32, any shape.
 * @param targets float32, the same shape.
 * @param dy float32, the same shape.
 * @returns The same shape.
 * @throws {ShapeError} When they differ.
 */
export const sigmoidCrossEntropyGradient = (
  logits: Value,
  targets: Value,
  dy: Value,
): Value =>
  apply(
    { type: "sigmoidCrossEntropyGradient" },
    { logits, targets, dy },
    allAlike(logits, targets, dy) ?? logits.shape,
  );

const matrixOnly = (logits: Value): string | undefined =>
  firstBroken([["logits must be [n, k]", logits.shape.length === 2]]);

const labelled = (logits: Value, labels: Value): string | undefined =>
  floatsOnly(logits) ?? matrixOnly(logits) ?? firstBroken([
    ["labels must be int32", labels.dtype === "int32"],
    ["labels must be [n]", sameShape(labels.shape, logits.shape.slice(0, 1))],
  ]);

const allAlike = (...operands: readonly Value[]): string | undefined =>
  floatsOnly(...operands) ?? firstBroken([[
    "operands must have equal shapes",
    operands.every(({ shape }) => sameShape(shape, operands[0]!.shape)),
  ]]);
