/**
 * Softmax and the cross-entropies in ONNX.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import type { Lowering, Lowerings } from "./lowering.ts";

/** Lowerings of softmax, of the cross-entropies and of their gradients. */
export const lossLowerings: Lowerings<
  | "softmax"
  | "softmaxCrossEntropy"
  | "softmaxCrossEntropyGradient"
  | "sigmoidCrossEntropy"
  | "sigmoidCrossEntropyGradient"
> = {
  softmax: ({ inputs: [logits] }, to) =>
    to.node("Softmax", [to.tensor(logits!)], overClasses),
  softmaxCrossEntropy: ({ inputs: [logits, labels] }, to) => {
    const logs = to.node("LogSoftmax", [to.tensor(logits!)], overClasses);
    const chosen = to.node(
      "GatherElements",
      [logs, classes(labels!, to)],
      overClasses,
    );
    const losses = to.node("Neg", [chosen]);
    return unlessIgnored(
      labels!,
      to.node("Reshape", [losses, to.integers(labels!.shape)]),
      to.scalar(0, "int32"),
      to,
    );
  },
  softmaxCrossEntropyGradient: ({ inputs: [logits, labels, dy] }, to) => {
    const column = to.integers([labels!.shape[0]!, 1]);
    const probabilities = to.node(
      "Softmax",
      [to.tensor(logits!)],
      overClasses,
    );
    const differences = to.node("ScatterElements", [
      probabilities,
      classes(labels!, to),
      to.node("Expand", [to.scalar(-1), column]),
    ], { ...overClasses, reduction: { s: "add" } });
    const weights = unlessIgnored(
      labels!,
      to.tensor(dy!),
      to.scalar(0, "int32"),
      to,
    );
    return to.node("Mul", [differences, to.node("Reshape", [weights, column])]);
  },
  sigmoidCrossEntropy: ({ inputs: [logits, targets] }, to) => {
    const x = to.tensor(logits!);
    const losses = to.node("Sub", [
      to.node("Softplus", [x]),
      to.node("Mul", [x, to.tensor(targets!)]),
    ]);
    return unlessIgnored(targets!, losses, to.scalar(0), to);
  },
  sigmoidCrossEntropyGradient: ({ inputs: [logits, targets, dy] }, to) => {
    const differences = to.node("Sub", [
      to.node("Sigmoid", [to.tensor(logits!)]),
      to.tensor(targets!),
    ]);
    const products = to.node("Mul", [to.tensor(dy!), differences]);
    return unlessIgnored(targets!, products, to.scalar(0), to);
  },
};

const overClasses = { axis: { i: 1 } };

/** Labels as positions `[n, 1]`; those ignored point to class 0. */
const classes = (labels: Value, to: Lowering): string =>
  to.once(labels, "classes", () => {
    const known = to.node("Max", [
      to.tensor(labels),
      to.scalar(0, labels.dtype),
    ]);
    return to.node("Reshape", [known, to.integers([labels.shape[0]!, 1])]);
  });

/** `values` where the target is not negative, else 0. */
const unlessIgnored = (
  targets: Value,
  values: string,
  zero: string,
  to: Lowering,
): string => {
  const ignored = to.node("Less", [to.tensor(targets), zero]);
  return to.node("Where", [ignored, to.scalar(0), values]);
};
