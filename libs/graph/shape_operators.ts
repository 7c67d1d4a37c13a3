/**
 * Operators that move elements and compute nothing.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import { Effect } from "effect";
import { apply, firstBroken, refuse, sameShape } from "./apply.ts";
import { add, broadcastShapes } from "./elementwise.ts";
import type { ShapeError } from "./errors.ts";
import type { Value } from "./value.ts";

/**
 * The same elements in another shape.
 *
 * @param x Any type.
 * @param shape As many elements; one size may be -1 and follows from the rest.
 * @returns The value in that shape, or `ShapeError` when the number of elements
 * differs.
 *
 * @example Maps of channels as rows
 * ```ts
 * import { input, reshape } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const rows = Effect.runSync(Effect.gen(function* () {
 *   return yield* reshape(yield* input("x", [8, 256, 6, 6]), [8, -1]);
 * }));
 * assert.deepEqual(rows.shape, [8, 9216]);
 * ```
 */
export const reshape = (
  x: Value,
  shape: Shape,
): Effect.Effect<Value, ShapeError> => {
  const known = shape.reduce((p, size) => size === -1 ? p : p * size, 1);
  const full = shape.map((size) =>
    size === -1 ? sizeOf(x.shape) / known : size
  );
  return apply({ type: "reshape", shape: full }, { x }, () =>
    firstBroken([
      ["at most one size may be -1", shape.filter((s) => s === -1).length <= 1],
      [
        "sizes must be positive integers",
        full.every((size) => Number.isInteger(size) && size > 0),
      ],
      ["the number of elements must stay", sizeOf(full) === sizeOf(x.shape)],
    ]) ?? full, x.dtype);
};

/**
 * All axes but the first as one.
 *
 * @param x Any type `[n, …]`.
 * @returns `[n, elements of each]`, or `ShapeError` when `x` is a scalar.
 */
export const flatten = (x: Value): Effect.Effect<Value, ShapeError> =>
  x.shape.length === 0
    ? refuse("flatten", { x }, "x must have an axis")
    : reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))]);

/**
 * Repeats axes of size 1, and puts new axes before, as NumPy broadcasts.
 *
 * @param x Any type.
 * @param shape What to broadcast to.
 * @returns The value in that shape, or `ShapeError` when it does not broadcast.
 */
export const broadcast = (
  x: Value,
  shape: Shape,
): Effect.Effect<Value, ShapeError> =>
  apply({ type: "broadcast", shape }, { x }, () => {
    const common = broadcastShapes(x.shape, shape);
    return common !== undefined && sameShape(common, shape)
      ? shape
      : "x must broadcast to the shape";
  }, x.dtype);

/**
 * Reorders axes.
 *
 * @param x Any type.
 * @param permutation Output axis `i` is input axis `permutation[i]`; the axes
 * backwards when absent.
 * @returns The reordered value, or `ShapeError` when it is no permutation.
 */
export const transpose = (
  x: Value,
  permutation: readonly number[] = x.shape.map((_, axis) => axis).reverse(),
): Effect.Effect<Value, ShapeError> =>
  apply({ type: "transpose", permutation }, { x }, () =>
    firstBroken([[
      "the permutation must name every axis of x once",
      sameShape(
        permutation.toSorted((a, b) => a - b),
        x.shape.map((_, axis) => axis),
      ),
    ]]) ?? permutation.map((axis) => x.shape[axis]!), x.dtype);

/**
 * Adds one number to every channel.
 *
 * @param x float32 `[n, c, …]`.
 * @param bias float32 `[c]`.
 * @returns The shape of `x`, or `ShapeError` when the channels differ.
 */
export const addBias = Effect.fnUntraced(function* (
  x: Value,
  bias: Value,
): Effect.fn.Return<Value, ShapeError> {
  const [channels] = bias.shape;
  if (bias.shape.length !== 1 || x.shape[1] !== channels) {
    return yield* refuse(
      "addBias",
      { x, bias },
      "bias must be [channels of x]",
    );
  }
  const after = x.shape.slice(2).map(() => 1);
  return yield* add(x, yield* reshape(bias, [1, channels!, ...after]));
});
