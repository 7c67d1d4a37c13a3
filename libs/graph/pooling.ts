/**
 * Max- and average-pooling over windows of images, and their gradients.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import {
  apply,
  firstBroken,
  floatsOnly,
  type Pair,
  pairOf,
  sameShape,
} from "./apply.ts";
import type { Pooling, Value } from "./value.ts";

/** Geometry of a pooling; a number stands for both directions. */
export interface PoolingOptions {
  /** Size of the window. */
  readonly kernel: Pair;
  /** Step of the window. Default: the kernel. */
  readonly stride?: Pair;
  /** Each side, at most half the kernel. Default: 0. */
  readonly padding?: Pair;
}

/**
 * Returns the maximum of every window; padding never wins. The first of equal
 * maxima, row by row, receives the gradient. Engines differ in what they make of
 * a NaN among numbers, which may vanish: look for NaN in what is pooled, not in
 * the result.
 *
 * @param x float32 `[n, c, h, w]`.
 * @param options See {@link PoolingOptions}.
 * @returns `[n, c, …]` with sizes
 * `floor((size + 2 * padding - kernel) / stride) + 1`.
 * @throws {ShapeError} When the window does not fit.
 *
 * @example AlexNet's pooling
 * ```ts
 * import { input, maxPool } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const x = input("x", [1, 96, 55, 55]);
 * const y = maxPool(x, { kernel: 3, stride: 2 });
 * assert.deepEqual(y.shape, [1, 96, 27, 27]);
 * ```
 */
export const maxPool = (
  x: Value,
  options: PoolingOptions,
): Value => pool("maxPool", x, options);

/**
 * Returns the mean of every window, the zeros of the padding counted.
 *
 * @param x float32 `[n, c, h, w]`.
 * @param options See {@link PoolingOptions}.
 * @returns The pooled maps, as {@link maxPool}.
 * @throws {ShapeError} As {@link maxPool}.
 */
export const averagePool = (
  x: Value,
  options: PoolingOptions,
): Value => pool("averagePool", x, options);

/**
 * Returns the gradient of {@link maxPool}: the first maximum of each window
 * receives the window's `dy`.
 *
 * @param x float32, as the pooling's.
 * @param dy float32, gradient with respect to the pooling's result.
 * @param options The pooling's.
 * @returns The shape of `x`.
 * @throws {ShapeError} When `dy` does not belong to it.
 */
export const maxPoolGradient = (
  x: Value,
  dy: Value,
  options: PoolingOptions,
): Value => {
  const geometry = geometryOf(options);
  return apply(
    { type: "maxPoolGradient", geometry },
    { x, dy },
    floatsOnly(x, dy) ?? belongs(x.shape, dy.shape, geometry) ?? x.shape,
  );
};

/**
 * Returns the gradient of {@link averagePool}.
 *
 * @param dy float32, gradient with respect to the pooling's result.
 * @param inputShape Shape of the pooling's `x`.
 * @param options The pooling's.
 * @returns `inputShape`.
 * @throws {ShapeError} When `dy` does not belong to it.
 */
export const averagePoolGradient = (
  dy: Value,
  inputShape: Shape,
  options: PoolingOptions,
): Value => {
  const geometry = geometryOf(options);
  return apply(
    { type: "averagePoolGradient", geometry, inputShape },
    { dy },
    floatsOnly(dy) ?? belongs(inputShape, dy.shape, geometry) ?? inputShape,
  );
};

const pool = (
  type: "maxPool" | "averagePool",
  x: Value,
  options: PoolingOptions,
): Value => {
  const geometry = geometryOf(options);
  return apply(
    { type, geometry },
    { x },
    floatsOnly(x) ?? pooledShape(x.shape, geometry),
  );
};

const geometryOf = (options: PoolingOptions): Pooling => ({
  kernel: pairOf(options.kernel),
  stride: pairOf(options.stride ?? options.kernel),
  padding: pairOf(options.padding ?? 0),
});

const pooledShape = (
  x: Shape,
  { kernel, stride, padding }: Pooling,
): Shape | string => {
  const sizes = ([0, 1] as const).map((axis) =>
    Math.floor(
      (x[axis + 2]! + 2 * padding[axis] - kernel[axis]) / stride[axis],
    ) + 1
  );
  return firstBroken([
    ["x must have 4 axes", x.length === 4],
    [
      "kernel and stride must be integers >= 1",
      [...kernel, ...stride]
        .every((size) => Number.isInteger(size) && size >= 1),
    ],
    [
      "padding must be integers from 0 to half the kernel",
      padding.every((size, axis) =>
        Number.isInteger(size) && size >= 0 && 2 * size <= kernel[axis]!
      ),
    ],
    [
      "the window must fit into the padded image",
      sizes.every((size) => size >= 1),
    ],
  ]) ?? [x[0]!, x[1]!, ...sizes];
};

/** The broken rule when `dy` is not the shape of `x` pooled. */
const belongs = (
  x: Shape,
  dy: Shape,
  geometry: Pooling,
): string | undefined => {
  const y = pooledShape(x, geometry);
  return typeof y === "string"
    ? y
    : firstBroken([[`dy must be [${y.join(", ")}]`, sameShape(y, dy)]]);
};
