/**
 * Cross-entropy over classes and its gradient for a GPU: every class is
 * compared with the label, nothing is gathered or scattered.
 *
 * @module
 */
import { intTensor } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import { compact } from "../broadcasting.ts";
import type { Lowering, Lowerings } from "../lowering.ts";
import { largest } from "./reduction.ts";

/** Lowerings of cross-entropy over classes and of its gradient. */
export const gpuLossLowerings: Lowerings<
  "softmaxCrossEntropy" | "softmaxCrossEntropyGradient"
> = {
  softmaxCrossEntropy: ({ inputs: [logits, labels] }, to) => {
    const shifted = to.node("Sub", [
      to.tensor(logits!),
      largest(logits!, 1, to),
    ]);
    const total = to.node("ReduceLogSumExp", [shifted, to.integers([1])]);
    const losses = to.node("Sub", [total, shifted]);
    // A row without a label, ignored, comes to 0.
    const chosen = to.node("Where", [
      isLabel(logits!, labels!, to),
      losses,
      to.scalar(0),
    ]);
    return to.node("ReduceSum", [chosen, to.integers([1])], {
      keepdims: { i: 0 },
    });
  },
  softmaxCrossEntropyGradient: ({ inputs: [logits, labels, dy] }, to) => {
    const probabilities = to.node("Softmax", [to.tensor(logits!)], {
      axis: { i: 1 },
    });
    const targets = to.node("Cast", [isLabel(logits!, labels!, to)], {
      to: { i: float },
    });
    const ignored = to.node("Less", [
      column(labels!, to),
      to.scalar(0, "int32"),
    ]);
    const weights = to.node("Where", [
      ignored,
      to.scalar(0),
      weightColumn(dy!, to),
    ]);
    return to.node("Mul", [
      to.node("Sub", [probabilities, targets]),
      weights,
    ]);
  },
};

/** `TensorProto.DataType` of the ONNX format. */
const float = 1;

/** `[n, k]`: whether a class is the label; none is where it is negative. */
const isLabel = (logits: Value, labels: Value, to: Lowering): string => {
  const k = logits.shape[1]!;
  const classes = () =>
    intTensor([1, k], Int32Array.from({ length: k }, (_, i) => i));
  return to.once(labels, `is one of ${k}`, () =>
    to.node("Equal", [
      column(labels, to),
      to.constant(`classes ${k}`, classes),
    ]));
};

/** A vector as `[n, 1]`. */
const column = (vector: Value, to: Lowering): string =>
  to.once(
    vector,
    "column",
    () =>
      to.node("Reshape", [
        to.tensor(vector),
        to.integers([vector.shape[0]!, 1]),
      ]),
  );

/** One number for all rows where it is that. */
const weightColumn = (weights: Value, to: Lowering): string => {
  const { shape, tensor } = compact(weights);
  return shape.length === 0 ? tensor(to) : column(weights, to);
};
