/**
 * Operators that work element by element, the four arithmetic ones with
 * broadcasting as in NumPy.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { Effect } from "effect";
import { apply, firstBroken, floatsOnly, refuse, sameShape } from "./apply.ts";
import type { ShapeError } from "./errors.ts";
import { constant } from "./leaves.ts";
import type { Value } from "./value.ts";

/** A value, or a number that stands for the same everywhere. */
export type Term = Value | number;

/**
 * `a + b`, broadcast against each other.
 *
 * @param a float32.
 * @param b float32.
 * @returns Their sum, or `ShapeError` when the shapes do not broadcast.
 */
export const add = (a: Term, b: Term): Effect.Effect<Value, ShapeError> =>
  arithmetic("add", a, b);

/**
 * `a - b`, broadcast against each other.
 *
 * @param a float32.
 * @param b float32.
 * @returns Their difference, or `ShapeError` when the shapes do not broadcast.
 */
export const subtract = (a: Term, b: Term): Effect.Effect<Value, ShapeError> =>
  arithmetic("subtract", a, b);

/**
 * `a * b`, broadcast against each other.
 *
 * @param a float32.
 * @param b float32.
 * @returns Their product, or `ShapeError` when the shapes do not broadcast.
 *
 * @example Three rows scaled by one
 * ```ts
 * import { input, multiply } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const rows = yield* input("rows", [3, 4]);
 *   const scale = yield* input("scale", [5]);
 *   return yield* multiply(rows, scale);
 * });
 * assert.equal(
 *   Effect.runSync(Effect.flip(program)).message,
 *   "Cannot apply multiply as sizes must be equal or 1 on every axis, " +
 *     "counted from the last: current values are a=[3, 4], b=[5]",
 * );
 * ```
 */
export const multiply = (a: Term, b: Term): Effect.Effect<Value, ShapeError> =>
  arithmetic("multiply", a, b);

/**
 * `a / b`, broadcast against each other.
 *
 * @param a float32.
 * @param b float32.
 * @returns Their quotient, or `ShapeError` when the shapes do not broadcast.
 */
export const divide = (a: Term, b: Term): Effect.Effect<Value, ShapeError> =>
  arithmetic("divide", a, b);

/**
 * `-x`.
 *
 * @param x float32.
 * @returns The same shape, or `ShapeError` when `x` holds integers.
 */
export const negate = (x: Value): Effect.Effect<Value, ShapeError> =>
  map("negate", x);

/**
 * The exponential of every element.
 *
 * @param x float32.
 * @returns The same shape, or `ShapeError` when `x` holds integers.
 */
export const exp = (x: Value): Effect.Effect<Value, ShapeError> =>
  map("exp", x);

/**
 * The natural logarithm of every element.
 *
 * @param x float32; -infinity at 0, NaN below.
 * @returns The same shape, or `ShapeError` when `x` holds integers.
 */
export const log = (x: Value): Effect.Effect<Value, ShapeError> =>
  map("log", x);

/**
 * The square root of every element. Its derivative is infinite at 0.
 *
 * @param x float32; NaN below 0.
 * @returns The same shape, or `ShapeError` when `x` holds integers.
 */
export const sqrt = (x: Value): Effect.Effect<Value, ShapeError> =>
  map("sqrt", x);

/**
 * `max(x, 0)`. Its derivative at 0 is 0.
 *
 * @param x float32.
 * @returns The same shape, or `ShapeError` when `x` holds integers.
 */
export const relu = (x: Value): Effect.Effect<Value, ShapeError> =>
  map("relu", x);

/**
 * `1 / (1 + exp(-x))`.
 *
 * @param x float32.
 * @returns The same shape, or `ShapeError` when `x` holds integers.
 */
export const sigmoid = (x: Value): Effect.Effect<Value, ShapeError> =>
  map("sigmoid", x);

/**
 * Integers as floats; exact below 2^24. It has no derivative.
 *
 * @param x int32.
 * @returns The same shape in float32, or `ShapeError` when `x` holds floats.
 */
export const toFloat = (x: Value): Effect.Effect<Value, ShapeError> =>
  apply(
    { type: "toFloat" },
    { x },
    () => x.dtype === "int32" ? x.shape : "x must be int32",
  );

/**
 * Gradient of {@link relu}: `dy` where `x > 0`, else 0.
 *
 * @param x float32, what was rectified.
 * @param dy float32, the same shape.
 * @returns The same shape, or `ShapeError` when they differ.
 */
export const reluGradient = (
  x: Value,
  dy: Value,
): Effect.Effect<Value, ShapeError> =>
  apply({ type: "reluGradient" }, { x, dy }, () =>
    floatsOnly(x, dy) ??
      firstBroken([[
        "x and dy must have equal shapes",
        sameShape(
          x.shape,
          dy.shape,
        ),
      ]]) ?? x.shape);

/**
 * Dropout by a given mask, so that the draws are the caller's to name.
 *
 * Reference: N. Srivastava et al., "Dropout", 2014, in its inverted form.
 *
 * @param x float32.
 * @param mask float32 that broadcasts to `x`: 0 where an element is dropped,
 * which happens with probability `p`, and `1 / (1 - p)` where it is kept.
 * @returns The shape of `x`, or `ShapeError` when the mask does not broadcast
 * to it.
 */
export const dropout = (
  x: Value,
  mask: Value,
): Effect.Effect<Value, ShapeError> => {
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
 * The shape that two shapes broadcast to.
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

const arithmetic = Effect.fnUntraced(function* (
  type: "add" | "subtract" | "multiply" | "divide",
  left: Term,
  right: Term,
): Effect.fn.Return<Value, ShapeError> {
  const a = typeof left === "number" ? yield* constant(left) : left;
  const b = typeof right === "number" ? yield* constant(right) : right;
  return yield* apply(
    { type },
    { a, b },
    () =>
      floatsOnly(a, b) ?? broadcastShapes(a.shape, b.shape) ??
        "sizes must be equal or 1 on every axis, counted from the last",
  );
});

const map = (
  type: "negate" | "exp" | "log" | "sqrt" | "relu" | "sigmoid",
  x: Value,
): Effect.Effect<Value, ShapeError> =>
  apply({ type }, { x }, () => floatsOnly(x) ?? x.shape);
