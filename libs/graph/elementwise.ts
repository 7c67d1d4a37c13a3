/**
 * Operators that work element by element, the four arithmetic ones with
 * broadcasting as in NumPy.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { apply, firstBroken, floatsOnly, refuse, sameShape } from "./apply.ts";
import { constant } from "./leaves.ts";
import type { Value } from "./value.ts";

/** A value, or a number that stands for the same everywhere. */
export type Term = Value | number;

/**
 * Adds, with broadcasting: `a + b`.
 *
 * @param a float32.
 * @param b float32.
 * @returns Their sum.
 * @throws {ShapeError} When the shapes do not broadcast.
 */
export const add = (a: Term, b: Term): Value => arithmetic("add", a, b);

/**
 * Subtracts, with broadcasting: `a - b`.
 *
 * @param a float32.
 * @param b float32.
 * @returns Their difference.
 * @throws {ShapeError} When the shapes do not broadcast.
 */
export const subtract = (a: Term, b: Term): Value =>
  arithmetic("subtract", a, b);

/**
 * Multiplies, with broadcasting: `a * b`.
 *
 * @param a float32.
 * @param b float32.
 * @returns Their product.
 * @throws {ShapeError} When the shapes do not broadcast.
 *
 * @example Three rows scaled by one
 * ```ts
 * import { input, multiply } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const rows = input("rows", [3, 4]);
 * assert.deepEqual(multiply(rows, input("scale", [4])).shape, [3, 4]);
 * assert.throws(() => multiply(rows, input("scale", [5])), {
 *   message:
 *     "Cannot apply multiply as sizes must be equal or 1 on every axis, " +
 *     "counted from the last: current values are a=[3, 4], b=[5]",
 * });
 * ```
 */
export const multiply = (a: Term, b: Term): Value =>
  arithmetic("multiply", a, b);

/**
 * Divides, with broadcasting: `a / b`.
 *
 * @param a float32.
 * @param b float32.
 * @returns Their quotient.
 * @throws {ShapeError} When the shapes do not broadcast.
 */
export const divide = (a: Term, b: Term): Value => arithmetic("divide", a, b);

/**
 * Negates every element: `-x`.
 *
 * @param x float32.
 * @returns The same shape.
 * @throws {ShapeError} When `x` holds integers.
 */
export const negate = (x: Value): Value => map("negate", x);

/**
 * Returns the exponential of every element.
 *
 * @param x float32.
 * @returns The same shape.
 * @throws {ShapeError} When `x` holds integers.
 */
export const exp = (x: Value): Value => map("exp", x);

/**
 * Returns the natural logarithm of every element.
 *
 * @param x float32; -infinity at 0, NaN below.
 * @returns The same shape.
 * @throws {ShapeError} When `x` holds integers.
 */
export const log = (x: Value): Value => map("log", x);

/**
 * Returns the square root of every element. Its derivative is infinite at 0.
 *
 * @param x float32; NaN below 0.
 * @returns The same shape.
 * @throws {ShapeError} When `x` holds integers.
 */
export const sqrt = (x: Value): Value => map("sqrt", x);

/**
 * Rectifies every element: `max(x, 0)`. Its derivative at 0 is 0.
 *
 * @param x float32.
 * @returns The same shape.
 * @throws {ShapeError} When `x` holds integers.
 */
export const relu = (x: Value): Value => map("relu", x);

/**
 * Returns the logistic function of every element: `1 / (1 + exp(-x))`.
 *
 * @param x float32.
 * @returns The same shape.
 * @throws {ShapeError} When `x` holds integers.
 */
export const sigmoid = (x: Value): Value => map("sigmoid", x);

/**
 * Converts integers to floats, exactly below 2^24. It has no derivative.
 *
 * @param x int32.
 * @returns The same shape in float32.
 * @throws {ShapeError} When `x` holds floats.
 */
export const toFloat = (x: Value): Value =>
  apply(
    { type: "toFloat" },
    { x },
    x.dtype === "int32" ? x.shape : "x must be int32",
  );

/**
 * Returns the gradient of {@link relu}: `dy` where `x > 0`, else 0.
 *
 * @param x float32, what was rectified.
 * @param dy float32, the same shape.
 * @returns The same shape.
 * @throws {ShapeError} When they differ.
 */
export const reluGradient = (
  x: Value,
  dy: Value,
): Value =>
  apply(
    { type: "reluGradient" },
    { x, dy },
    floatsOnly(x, dy) ??
      firstBroken([
        ["x and dy must have equal shapes", sameShape(x.shape, dy.shape)],
      ]) ?? x.shape,
  );

/**
 * Applies dropout by a mask, so that the caller names the draws.
 *
 * Reference: N. Srivastava et al., "Dropout", 2014, in its inverted form.
 *
 * @param x float32.
 * @param mask float32 that broadcasts to `x`: 0 where an element is dropped,
 * which happens with probability `p`, and `1 / (1 - p)` elsewhere.
 * @returns The shape of `x`.
 * @throws {ShapeError} When the mask does not broadcast to it.
 */
export const dropout = (
  x: Value,
  mask: Value,
): Value => {
  const shape = broadcastShapes(x.shape, mask.shape);
  return shape !== undefined && sameShape(shape, x.shape)
    ? multiply(x, mask)
    : refuse(
      "dropout",
      { x, mask },
      "the mask must broadcast to the shape of x",
    );
};

/**
 * Returns the shape that two shapes broadcast to.
 *
 * @param a Sizes.
 * @param b Sizes.
 * @returns The common shape, or nothing when sizes differ and neither is 1.
 */
export const broadcastShapes = (a: Shape, b: Shape): Shape | undefined => {
  const rank = Math.max(a.length, b.length);
  const sizes = Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    return left === right || right === 1 ? left : left === 1 ? right : 0;
  });
  return sizes.includes(0) ? undefined : sizes;
};

const arithmetic = (
  type: "add" | "subtract" | "multiply" | "divide",
  left: Term,
  right: Term,
): Value => {
  const a = typeof left === "number" ? constant(left) : left;
  const b = typeof right === "number" ? constant(right) : right;
  return apply(
    { type },
    { a, b },
    floatsOnly(a, b) ?? broadcastShapes(a.shape, b.shape) ??
      "sizes must be equal or 1 on every axis, counted from the last",
  );
};

const map = (
  type: "negate" | "exp" | "log" | "sqrt" | "relu" | "sigmoid",
  x: Value,
): Value => apply({ type }, { x }, floatsOnly(x) ?? x.shape);
