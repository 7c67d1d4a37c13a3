/**
 * The gradient of a convolution with respect to its images in TensorFlow.js,
 * whose own knows no dilation, and no padding in numbers on TensorFlow.
 *
 * @module
 */
import type { Convolution } from "@deepcluster/graph";
import { convolve, isOne, isZero, type Pair, spreadTaps } from "./convolve.ts";
import type { TfjsEngine } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/**
 * Computes the gradient with respect to the images: `dy` convolved with the
 * flipped filter where that is all there is to it, else the transposed
 * convolution on the padded size.
 *
 * @param engine The library.
 * @param filter `[f, c, kh, kw]`.
 * @param dy `[n, h, w, f]`.
 * @param size Height and width of the images.
 * @param geometry Of one group.
 * @returns Gradient `[n, h, w, c]`.
 */
export const inputGradient = (
  engine: TfjsEngine,
  filter: TfTensor,
  dy: TfTensor,
  [height, width]: Pair,
  { stride, dilation, padding }: Convolution,
): TfTensor => {
  const { tf, backend } = engine;
  const outer = ([0, 1] as const).map((axis) =>
    dilation[axis] * (filter.shape[axis + 2]! - 1) - padding[axis]
  ) as [number, number];
  if (isOne(stride) && outer.every((zeros) => zeros >= 0)) {
    const turned = tf.transpose(filter, [2, 3, 0, 1]);
    return convolve(tf, dy, flipped(engine, turned), {
      stride,
      dilation,
      padding: outer,
    });
  }
  const [n, c] = [dy.shape[0]!, filter.shape[1]!];
  const [rows, columns] = padding;
  const spread = spreadTaps(tf, tf.transpose(filter, [2, 3, 1, 0]), dilation);
  const size = [n, height + 2 * rows, width + 2 * columns, c];
  // WebAssembly's own transposed convolution is one plain loop.
  const gradient = backend === "wasm"
    ? byInsertion(engine, dy, spread, stride, size)
    : tf.conv2dTranspose(dy, spread, size, [...stride], "valid");
  return isZero(padding)
    ? gradient
    : tf.slice(gradient, [0, rows, columns, 0], [n, height, width, c]);
};

/** The transposed convolution as one of `dy` with zeros between its rows. */
const byInsertion = (
  engine: TfjsEngine,
  dy: TfTensor,
  filter: TfTensor,
  stride: Pair,
  [, height, width]: readonly number[],
): TfTensor => {
  const [kh, kw] = filter.shape as [number, number];
  const { tf } = engine;
  const turned = tf.transpose(filter, [0, 1, 3, 2]);
  const apart = spreadRows(tf, dy, stride);
  const whole = convolve(tf, apart, flipped(engine, turned), {
    stride: [1, 1],
    dilation: [1, 1],
    padding: [kh - 1, kw - 1],
  });
  const [, rows, columns] = whole.shape as [number, number, number];
  return rows === height && columns === width ? whole : tf.pad(whole, [
    [0, 0],
    [0, height! - rows],
    [0, width! - columns],
    [0, 0],
  ]);
};

/**
 * `[kh, kw, …]` with its taps in reverse order; `reverse` on WebAssembly takes
 * five times as long.
 */
const flipped = ({ tf, backend }: TfjsEngine, filter: TfTensor): TfTensor => {
  if (backend !== "wasm") return tf.reverse(filter, [0, 1]);
  const [kh, kw, c, f] = filter.shape as [number, number, number, number];
  const taps = tf.split(tf.reshape(filter, [kh * kw, c, f]), kh * kw, 0);
  return tf.reshape(tf.concat(taps.toReversed(), 0), filter.shape);
};

/** `[n, h, w, c]` with zeros between rows and columns. */
const spreadRows = (tf: Tf, x: TfTensor, [down, right]: Pair): TfTensor => {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const byColumn = tf.pad(tf.reshape(x, [n * h, w, 1, c]), [
    [0, 0],
    [0, 0],
    [0, right - 1],
    [0, 0],
  ]);
  const byRow = tf.pad(tf.reshape(byColumn, [n, h, 1, w * right * c]), [
    [0, 0],
    [0, 0],
    [0, down - 1],
    [0, 0],
  ]);
  return tf.slice(
    tf.reshape(byRow, [n, h * down, w * right, c]),
    [0, 0, 0, 0],
    [n, (h - 1) * down + 1, (w - 1) * right + 1, c],
  );
};
