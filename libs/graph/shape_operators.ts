/**
 * Operators that move elements and compute nothing.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import { apply, firstBroken, refuse, sameShape } from "./apply.ts";
import { add, broadcastShapes } from "./elementwise.ts";
import type { Value } from "./value.ts";

/**
 * Returns the same elements in another shape.
 *
 * @param x Any type.
 * @param shape As many elements; one size may be -1 and follows from the rest.
 * @returns The value in that shape.
 * @throws {ShapeError} When the number of elements differs.
 *
 * @example Maps of channels as rows
 * ```ts
 * import { input, reshape } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const rows = reshape(input("x", [8, 256, 6, 6]), [8, -1]);
 * assert.deepEqual(rows.shape, [8, 9216]);
 * ```
 */
export const reshape = (
  x: Value,
  shape: Shape,
): Value => {
  const known = shape.reduce((p, size) => size === -1 ? p : p * size, 1);
  const full = shape.map((size) =>
    size === -1 ? sizeOf(x.shape) / known : size
  );
  const broken = firstBroken([
    ["at most one size may be -1", shape.filter((s) => s === -1).length <= 1],
    [
      "sizes must be positive integers",
      full.every((size) => Number.isInteger(size) && size > 0),
    ],
    ["the number of elements must stay", sizeOf(full) === sizeOf(x.shape)],
  ]);
  return apply(
    { type: "reshape", shape: full },
    { x },
    broken ?? full,
    x.dtype,
  );
};

/**
 * Joins all axes but the first into one.
 *
 * @param x Any type `[n, …]`.
 * @returns `[n, elements of each]`.
 * @throws {ShapeError} When `x` is a scalar.
 */
export const flatten = (x: Value): Value =>
  x.shape.length === 0
    ? refuse("flatten", { x }, "x must have an axis")
    : reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]);

/**
 * Repeats axes of size 1, and puts new axes before, as NumPy broadcasts.
 *
 * @param x Any type.
 * @param shape What to broadcast to.
 * @returns The value in that shape.
 * @throws {ShapeError} When it does not broadcast.
 */
export const broadcast = (
  x: Value,
  shape: Shape,
): Value => {
  const common = broadcastShapes(x.shape, shape);
  return apply(
    { type: "broadcast", shape },
    { x },
    common !== undefined && sameShape(common, shape)
      ? shape
      : "x must broadcast to the shape",
    x.dtype,
  );
};

/**
 * Reorders axes.
 *
 * @param x Any type.
 * @param permutation Output axis `i` is input axis `permutation[i]`. Default:
 * the axes backwards.
 * @returns The reordered value.
 * @throws {ShapeError} When it is no permutation.
 */
export const transpose = (
  x: Value,
  permutation: readonly number[] = x.shape.map((_, axis) => axis).reverse(),
): Value => {
  const axes = x.shape.map((_, axis) => axis);
  return apply(
    { type: "transpose", permutation },
    { x },
    sameShape(permutation.toSorted((a, b) => a - b), axes)
      ? permutation.map((axis) => x.shape[axis]!)
      : "the permutation must name every axis of x once",
    x.dtype,
  );
};

/**
 * Adds one number to every channel.
 *
 * @param x float32 `[n, c, …]`.
 * @param bias float32 `[c]`.
 * @returns The shape of `x`.
 * @throws {ShapeError} When the channels differ.
 */
export const addBias = (
  x: Value,
  bias: Value,
): Value => {
  const [channels] = bias.shape;
  if (bias.shape.length !== 1 || x.shape[1] !== channels) {
    return refuse("addBias", { x, bias }, "bias must be [channels of x]");
  }
  const after = x.shape.slice(2).map(() => 1);
  return add(x, reshape(bias, [1, channels!, ...after]));
};
