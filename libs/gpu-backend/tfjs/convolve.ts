/**
 * Convolution of any stride and dilation in TensorFlow.js, which takes only one
 * of both at once: where both are wanted, a filter gets zeros between its taps.
 *
 * @module
 */
import type { Convolution } from "@deepcluster/graph";
import type { Tf, TfPaddings, TfTensor } from "./tfjs_types.ts";

/** Vertical and horizontal. */
export type Pair = readonly [number, number];

/**
 * Convolves images.
 *
 * @param tf The library.
 * @param x Images `[n, h, w, c]`.
 * @param filter `[kh, kw, c, f]`.
 * @param geometry Of one group.
 * @returns Images `[n, h, w, f]`.
 */
export const convolve = (
  tf: Tf,
  x: TfTensor,
  filter: TfTensor,
  { stride, dilation, padding }: Omit<Convolution, "groups">,
): TfTensor => {
  const direct = isOne(stride) || isOne(dilation);
  return tf.conv2d(
    x,
    direct ? filter : spreadTaps(tf, filter, dilation),
    [...stride],
    isZero(padding) ? "valid" : paddingsOf(padding),
    "NHWC",
    direct ? [...dilation] : [1, 1],
  );
};

/**
 * Puts zeros between the taps of a filter.
 *
 * @param tf The library.
 * @param filter `[kh, kw, …]`.
 * @param dilation Distance between neighbouring taps afterwards.
 * @returns The filter, `dilation * (size - 1) + 1` taps along each axis.
 */
export const spreadTaps = (
  tf: Tf,
  filter: TfTensor,
  dilation: Pair,
): TfTensor =>
  ([0, 1] as const).reduce((spread, axis) => {
    const gap = dilation[axis] - 1;
    if (gap === 0) return spread;
    const size = spread.shape.with(axis, gap);
    const [first, ...taps] = tf.split(spread, spread.shape[axis]!, axis);
    const between = tf.zeros(size);
    return tf.concat([first!, ...taps.flatMap((tap) => [between, tap])], axis);
  }, filter);

/**
 * Says how images are padded.
 *
 * @param padding Zeros on each side, vertically and horizontally.
 * @returns Zeros before and after along each axis of `[n, h, w, c]`.
 */
export const paddingsOf = ([rows, columns]: Pair): TfPaddings => [
  [0, 0],
  [rows, rows],
  [columns, columns],
  [0, 0],
];

/**
 * Tells whether both are 1.
 *
 * @param pair Any pair.
 * @returns Whether they are.
 */
export const isOne = (pair: Pair): boolean => pair.every((size) => size === 1);

/**
 * Tells whether both are 0.
 *
 * @param pair Any pair.
 * @returns Whether they are.
 */
export const isZero = (pair: Pair): boolean => pair.every((size) => size === 0);
