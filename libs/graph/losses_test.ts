import {
  sigmoidCrossEntropy,
  sigmoidCrossEntropyGradient,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
} from "./losses.ts";
import { operatorTest, refusalTest } from "./operator_testing.ts";

// Rows with probabilities 1/4 3/4 and 1/2 1/2, the second label ignored.
const logits = [[2, 2], [0, Math.log(3), 5, 5]] as const;
const labels = [[2], [1, -1], "int32"] as const;
const answers = [[4], [0, Math.log(3), 2, -1000]] as const;
const targets = [[4], [1, 0.5, -1, 0]] as const;

operatorTest(
  "softmax() gives probabilities, also of large logits",
  { logits: [[2, 2], [0, Math.log(3), 1000, 0]] },
  ({ logits }) => softmax(logits),
  [[2, 2], [0.25, 0.75, 1, 0]],
);
operatorTest(
  "softmaxCrossEntropy() is minus the label's log-probability, 0 if ignored",
  { logits, labels },
  ({ logits, labels }) => softmaxCrossEntropy(logits, labels),
  [[2], [-Math.log(0.75), 0]],
);
operatorTest(
  "softmaxCrossEntropyGradient() is probability minus one-hot, 0 if ignored",
  { logits, labels, dy: [[2], [2, 5]] },
  ({ logits, labels, dy }) => softmaxCrossEntropyGradient(logits, labels, dy),
  [[2, 2], [0.5, -0.5, 0, 0]],
);
operatorTest(
  "sigmoidCrossEntropy() is the logistic loss, 0 if ignored",
  { logits: answers, targets },
  ({ logits, targets }) => sigmoidCrossEntropy(logits, targets),
  [[4], [Math.log(2), Math.log(4) - Math.log(3) / 2, 0, 0]],
);
operatorTest(
  "sigmoidCrossEntropyGradient() is sigmoid minus target, 0 if ignored",
  { logits: answers, targets, dy: [[4], [2, 4, 1, 1]] },
  ({ logits, targets, dy }) => sigmoidCrossEntropyGradient(logits, targets, dy),
  [[4], [-1, 1, 0, 0]],
);

refusalTest(
  "softmaxCrossEntropy() refuses labels of float32",
  { logits: [4, 10], labels: [4] },
  ({ logits, labels }) => softmaxCrossEntropy(logits, labels),
  "Cannot apply softmaxCrossEntropy as labels must be int32: " +
    "current values are logits=[4, 10], labels=[4]",
);
refusalTest(
  "softmaxCrossEntropy() names labels of another batch",
  { logits: [4, 10], labels: [[5], [], "int32"] },
  ({ logits, labels }) => softmaxCrossEntropy(logits, labels),
  "Cannot apply softmaxCrossEntropy as labels must be [n]: " +
    "current values are logits=[4, 10], labels=int32[5]",
);
refusalTest(
  "sigmoidCrossEntropy() does not broadcast",
  { logits: [4, 10], targets: [10] },
  ({ logits, targets }) => sigmoidCrossEntropy(logits, targets),
  "Cannot apply sigmoidCrossEntropy as operands must have equal shapes: " +
    "current values are logits=[4, 10], targets=[10]",
);
refusalTest(
  "softmax() refuses images",
  { logits: [4, 10, 2, 2] },
  ({ logits }) => softmax(logits),
  "Cannot apply softmax as logits must be [n, k]: " +
    "current values are logits=[4, 10, 2, 2]",
);
