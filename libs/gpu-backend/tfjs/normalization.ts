/**
 * Batch normalisation, its statistics and its gradients in TensorFlow.js.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Kernel, Kernels, Layout } from "./kernel.ts";
import { reduce } from "./reduction.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

type Normalization =
  | "batchMean"
  | "batchVariance"
  | "batchNormalization"
  | "batchNormalizationScaleGradient"
  | "batchNormalizationInputGradient";

interface Channels {
  /** All axes of `x` as it lies, except that of the channels. */
  readonly others: number[];
  /** A vector `[c]` to broadcast with `x`. */
  readonly spread: (vector: TfTensor) => TfTensor;
}

/** A kernel on `x`, `dy` as images where they have four axes, and vectors. */
const onChannels = <T extends Normalization>(
  writesVector: boolean,
  compute: (
    tf: Tf,
    operands: readonly TfTensor[],
    value: Parameters<Kernel<T>["compute"]>[1],
    channels: Channels,
  ) => TfTensor,
): Kernel<T> => ({
  layouts: ({ inputs }) => {
    const reads = inputs.map(({ shape }): Layout =>
      shape.length === 4 ? "images" : "plain"
    );
    return { reads, writes: writesVector ? "plain" : reads[0]! };
  },
  compute: (operands, value, { tf }) =>
    compute(tf, operands, value, channelsOf(tf, value)),
});

const channelsOf = (tf: Tf, { inputs }: Value): Channels => {
  const { shape } = inputs[0]!;
  if (shape.length === 4) return { others: [0, 1, 2], spread: (v) => v };
  const after = shape.slice(2).map(() => 1);
  return {
    others: shape.map((_, axis) => axis).filter((axis) => axis !== 1),
    spread: (v) => tf.reshape(v, [1, shape[1]!, ...after]),
  };
};

/** Kernels of batch normalisation, of its statistics and of its gradients. */
export const normalizationKernels: Kernels<Normalization> = {
  batchMean: onChannels(
    true,
    (tf, [x], _, { others }) => reduce(tf, "mean", x!, others),
  ),
  batchVariance: onChannels(
    true,
    (tf, [x], _, { others }) =>
      tf.mean(tf.square(tf.sub(x!, tf.mean(x!, others, true))), others),
  ),
  batchNormalization: onChannels(
    false,
    (tf, [x, mean, variance, scale, bias], { operator }, { spread }) => {
      const factor = tf.div(scale!, deviation(tf, variance!, operator));
      const centred = tf.sub(x!, spread(mean!));
      return tf.add(tf.mul(centred, spread(factor)), spread(bias!));
    },
  ),
  batchNormalizationScaleGradient: onChannels(
    true,
    (tf, [x, dy, mean, variance], { operator }, { spread, others }) =>
      tf.div(
        reduce(tf, "sum", tf.mul(dy!, tf.sub(x!, spread(mean!))), others),
        deviation(tf, variance!, operator),
      ),
  ),
  batchNormalizationInputGradient: onChannels(
    false,
    (
      tf,
      [x, dy, mean, variance, scale, scaleGradient, biasGradient],
      { operator, shape },
      { spread },
    ) => {
      const count = sizeOf(shape) / shape[1]!;
      const width = deviation(tf, variance!, operator);
      const slope = tf.div(scaleGradient!, tf.mul(width, count));
      const through = tf.add(
        tf.mul(tf.sub(x!, spread(mean!)), spread(slope)),
        spread(tf.div(biasGradient!, count)),
      );
      return tf.mul(tf.sub(dy!, through), spread(tf.div(scale!, width)));
    },
  ),
};

const deviation = (
  tf: Tf,
  variance: TfTensor,
  { epsilon }: { readonly epsilon: number },
): TfTensor => tf.sqrt(tf.add(variance, epsilon));
