/**
 * Poolings and their gradients in TensorFlow.js.
 *
 * Images are padded first, since its poolings leave padding out of a mean and
 * not all of its backends pad poolings by numbers.
 *
 * @module
 */
import type { Pooling } from "@deepcluster/graph";
import { fixed, type Kernels } from "./kernel.ts";
import {
  firstMaximumGradient,
  type MaxPoolGradient,
} from "./max_pool_gradient.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/** Kernels of the poolings and of their gradients. */
export const poolingKernels: Kernels<
  "maxPool" | "averagePool" | "maxPoolGradient" | "averagePoolGradient"
> = {
  maxPool: fixed(["images"], "images", ([x], { operator }, { tf }) => {
    const { geometry } = operator;
    return maxima(tf, padded(tf, x!, geometry, -Infinity), geometry);
  }),
  averagePool: fixed(["images"], "images", ([x], { operator }, { tf }) => {
    const { kernel, stride } = operator.geometry;
    const input = padded(tf, x!, operator.geometry, 0);
    return tf.avgPool(input, [...kernel], [...stride], "valid");
  }),
  maxPoolGradient: fixed(
    ["images", "images"],
    "images",
    ([x, dy], { operator: { geometry } }, { tf, exactMaxPoolGradient }) => {
      const input = padded(tf, x!, geometry, -Infinity);
      const output = maxima(tf, input, geometry);
      const gradientOf = exactMaxPoolGradient
        ? nativeMaxPoolGradient
        : firstMaximumGradient;
      const gradient = gradientOf(tf, { input, output, dy: dy!, geometry });
      return cropped(tf, gradient, x!.shape, geometry);
    },
  ),
  averagePoolGradient: fixed(
    ["images"],
    "images",
    ([dy], { operator: { geometry, inputShape } }, { tf }) => {
      const [n, c, height, width] = inputShape as Size;
      const [rows, columns] = geometry.padding;
      const input = tf.zeros([n, height + 2 * rows, width + 2 * columns, c]);
      const gradient = tf.engine().runKernel(
        "AvgPoolGrad",
        { dy: dy!, input },
        windowOf(geometry),
      );
      return cropped(tf, gradient, [n, height, width, c], geometry);
    },
  ),
};

type Size = readonly [number, number, number, number];

/**
 * Computes the gradient of max-pooling by the backend's own kernel.
 *
 * @param tf The library.
 * @param pooling See {@link MaxPoolGradient}.
 * @returns Gradient with respect to the padded images.
 */
export const nativeMaxPoolGradient = (
  tf: Tf,
  { geometry, ...inputs }: MaxPoolGradient,
): TfTensor =>
  tf.engine().runKernel("MaxPoolGrad", { ...inputs }, windowOf(geometry));

const windowOf = ({ kernel, stride }: Pooling) => ({
  filterSize: [...kernel],
  strides: [...stride],
  pad: "valid",
});

const padded = (
  tf: Tf,
  x: TfTensor,
  { padding: [rows, columns] }: Pooling,
  value: number,
): TfTensor =>
  rows + columns === 0
    ? x
    : tf.pad(x, [[0, 0], [rows, rows], [columns, columns], [0, 0]], value);

/**
 * Pools padded images.
 *
 * @param tf The library.
 * @param input Padded images `[n, h, w, c]`.
 * @param geometry Its padding is not looked at.
 * @returns The maxima.
 */
export const maxima = (
  tf: Tf,
  input: TfTensor,
  { kernel, stride }: Pooling,
): TfTensor => tf.maxPool(input, [...kernel], [...stride], "valid");

const cropped = (
  tf: Tf,
  gradient: TfTensor,
  size: readonly number[],
  { padding: [rows, columns] }: Pooling,
): TfTensor =>
  rows + columns === 0
    ? gradient
    : tf.slice(gradient, [0, rows, columns, 0], [...size]);
