/**
 * Softmax, cross-entropies and their gradients in TensorFlow.js.
 *
 * @module
 */
import { type Kernels, plain } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/** Kernels of softmax, of the cross-entropies and of their gradients. */
export const lossKernels: Kernels<
  | "softmax"
  | "softmaxCrossEntropy"
  | "softmaxCrossEntropyGradient"
  | "sigmoidCrossEntropy"
  | "sigmoidCrossEntropyGradient"
> = {
  softmax: plain(([logits], _, { tf }) =>
    tf.exp(logProbabilities(tf, logits!))
  ),
  softmaxCrossEntropy: plain(([logits, labels], _, { tf }) => {
    const logs = logProbabilities(tf, logits!);
    const picked = zeroUnless(tf, isLabel(tf, logits!, labels!), logs);
    return tf.neg(tf.sum(picked, [1]));
  }),
  softmaxCrossEntropyGradient: plain(([logits, labels, dy], _, { tf }) => {
    const targets = tf.cast(isLabel(tf, logits!, labels!), "float32");
    const counted = tf.greaterEqual(labels!, tf.scalar(0, "int32"));
    const weights = zeroUnless(tf, counted, dy!);
    return tf.mul(
      tf.sub(tf.exp(logProbabilities(tf, logits!)), targets),
      tf.reshape(weights, [...weights.shape, 1]),
    );
  }),
  sigmoidCrossEntropy: plain(([x, targets], _, { tf }) => {
    const tail = tf.log1p(tf.exp(tf.neg(tf.abs(x!))));
    const loss = tf.add(tf.sub(tf.relu(x!), tf.mul(x!, targets!)), tail);
    return zeroUnless(tf, tf.greaterEqual(targets!, 0), loss);
  }),
  sigmoidCrossEntropyGradient: plain(([x, targets, dy], _, { tf }) => {
    const gradient = tf.mul(dy!, tf.sub(tf.sigmoid(x!), targets!));
    return zeroUnless(tf, tf.greaterEqual(targets!, 0), gradient);
  }),
};

/** Logarithm of the softmax of every row, the largest logit taken out. */
const logProbabilities = (tf: Tf, logits: TfTensor): TfTensor => {
  const shifted = tf.sub(logits, tf.max(logits, [1], true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), [1], true)));
};

/** `[n, k]`: whether a column is the row's label; none where it is < 0. */
const isLabel = (tf: Tf, { shape }: TfTensor, labels: TfTensor): TfTensor =>
  tf.equal(
    tf.broadcastTo(tf.reshape(labels, [shape[0]!, 1]), shape),
    tf.broadcastTo(tf.range(0, shape[1]!, 1, "int32"), shape),
  );

const zeroUnless = (tf: Tf, condition: TfTensor, x: TfTensor): TfTensor =>
  tf.where(condition, x, tf.zerosLike(x));
