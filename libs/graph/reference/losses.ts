/**
 * Kernels of softmax, of the cross-entropies and of their gradients.
 *
 * @module
 */
import type { Kernels, Numbers } from "./kernel.ts";

/** Kernels of softmax, of the cross-entropies and of their gradients. */
export const lossKernels: Kernels<
  | "softmax"
  | "softmaxCrossEntropy"
  | "softmaxCrossEntropyGradient"
  | "sigmoidCrossEntropy"
  | "sigmoidCrossEntropyGradient"
> = {
  softmax: ([logits]) => logProbabilities(logits!).map(Math.exp),
  softmaxCrossEntropy: ([logits, labels]) => {
    const k = logits!.shape[1]!;
    const logs = logProbabilities(logits!);
    return labels!.data.map((label, i) =>
      label < 0 ? 0 : -logs[i * k + label]!
    );
  },
  softmaxCrossEntropyGradient: ([logits, labels, dy]) => {
    const k = logits!.shape[1]!;
    return logProbabilities(logits!).map((log, at) => {
      const row = Math.floor(at / k);
      const label = labels!.data[row]!;
      const target = label === at % k ? 1 : 0;
      return label < 0 ? 0 : dy!.data[row]! * (Math.exp(log) - target);
    });
  },
  sigmoidCrossEntropy: ([logits, targets]) =>
    logits!.data.map((x, i) => {
      const target = targets!.data[i]!;
      return target < 0
        ? 0
        : Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
    }),
  sigmoidCrossEntropyGradient: ([logits, targets, dy]) =>
    logits!.data.map((x, i) => {
      const target = targets!.data[i]!;
      return target < 0 ? 0 : dy!.data[i]! * (1 / (1 + Math.exp(-x)) - target);
    }),
};

/** Logarithm of the softmax of every row, the largest logit taken out. */
const logProbabilities = (logits: Numbers): Float64Array => {
  const [n, k] = logits.shape;
  const logs = new Float64Array(logits.data);
  for (let i = 0; i < n!; i++) {
    const row = logs.subarray(i * k!, (i + 1) * k!);
    const max = row.reduce((a, b) => Math.max(a, b));
    const total = row.reduce((sum, x) => sum + Math.exp(x - max), 0);
    row.forEach((x, j) => row[j] = x - max - Math.log(total));
  }
  return logs;
};
