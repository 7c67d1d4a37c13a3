/**
 * The gradient of a convolution with respect to its filter in TensorFlow.js,
 * whose own knows no dilation, and no padding in numbers on TensorFlow.
 *
 * @module
 */
import type { Convolution } from "@deepcluster/graph";
import { isZero, paddingsOf, type Pair } from "./convolve.ts";
import type { TfjsEngine } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/**
 * Computes the gradient with respect to the filter: first of every tap, those
 * in the gaps of a dilated filter too, then of each that there is.
 *
 * @param engine The library.
 * @param x Images `[n, h, w, c]`.
 * @param dy `[n, h, w, f]`.
 * @param size Height and width of the filter.
 * @param geometry Of one group.
 * @returns Gradient `[f, c, kh, kw]`.
 */
export const filterGradient = (
  { tf, has }: TfjsEngine,
  x: TfTensor,
  dy: TfTensor,
  [height, width]: Pair,
  { stride, dilation, padding }: Convolution,
): TfTensor => {
  const reach: Pair = [
    dilation[0] * (height - 1) + 1,
    dilation[1] * (width - 1) + 1,
  ];
  const padded = isZero(padding) ? x : tf.pad(x, paddingsOf(padding));
  const [c, f] = [x.shape[3]!, dy.shape[3]!];
  if (has("Conv2DBackpropFilter")) {
    const gradient = tf.engine().runKernel("Conv2DBackpropFilter", {
      x: padded,
      dy,
    }, {
      strides: [...stride],
      pad: "valid",
      dataFormat: "NHWC",
      filterShape: [...reach, c, f],
    });
    const taps = everyTap(tf, gradient, [...dilation, 1, 1]);
    return tf.transpose(taps, [3, 2, 0, 1]);
  }
  // Images as filters of images: channels take the place of images.
  const swapped = tf.conv2d(
    tf.transpose(padded, [3, 1, 2, 0]),
    tf.transpose(dy, [1, 2, 0, 3]),
    [1, 1],
    "valid",
    "NHWC",
    [...stride],
  );
  const gradient = tf.slice(swapped, [0, 0, 0, 0], [c, ...reach, f]);
  const taps = everyTap(tf, gradient, [1, ...dilation, 1]);
  return tf.transpose(taps, [3, 0, 1, 2]);
};

/** The taps that a dilated filter has. */
const everyTap = (tf: Tf, gradient: TfTensor, steps: number[]): TfTensor =>
  steps.every((step) => step === 1) ? gradient : tf.stridedSlice(
    gradient,
    [0, 0, 0, 0],
    gradient.shape,
    steps,
  );
