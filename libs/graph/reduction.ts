/**
 * Sums, means and maxima over axes.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import type { Effect } from "effect";
import { apply, floatsOnly } from "./apply.ts";
import type { ShapeError } from "./errors.ts";
import type { Value } from "./value.ts";

/** What {@link reduceSum}, {@link reduceMean} and {@link reduceMax} reduce. */
export interface ReductionOptions {
  /** Axes to reduce, negative ones counted from the end; all when absent. */
  readonly axes?: readonly number[];
  /** Keeps reduced axes with size 1; false when absent. */
  readonly keepDimensions?: boolean;
}

/**
 * The sum over axes.
 *
 * @param x float32.
 * @param options See {@link ReductionOptions}.
 * @returns The reduced value, or `ShapeError` when an axis does not exist or
 * stands twice.
 *
 * @example Row sums
 * ```ts
 * import { input, reduceSum } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const sums = Effect.runSync(Effect.gen(function* () {
 *   return yield* reduceSum(yield* input("x", [4, 7]), { axes: [-1] });
 * }));
 * assert.deepEqual(sums.shape, [4]);
 * ```
 */
export const reduceSum = (
  x: Value,
  options: ReductionOptions = {},
): Effect.Effect<Value, ShapeError> => reduce("reduceSum", x, options);

/**
 * The mean over axes.
 *
 * @param x float32.
 * @param options See {@link ReductionOptions}.
 * @returns As {@link reduceSum}.
 */
export const reduceMean = (
  x: Value,
  options: ReductionOptions = {},
): Effect.Effect<Value, ShapeError> => reduce("reduceMean", x, options);

/**
 * The maximum over axes. Equal maxima share its gradient evenly. Of a NaN among
 * numbers engines make what they like, even a number that is not the largest.
 *
 * @param x float32.
 * @param options See {@link ReductionOptions}.
 * @returns As {@link reduceSum}.
 */
export const reduceMax = (
  x: Value,
  options: ReductionOptions = {},
): Effect.Effect<Value, ShapeError> => reduce("reduceMax", x, options);

/**
 * Where the maximum along an axis stands, the first of equals; anywhere if there
 * is a NaN. It has no derivative.
 *
 * @param x float32.
 * @param axis Which axis, negative ones counted from the end; the last when
 * absent.
 * @returns int32 without that axis, or `ShapeError` when it does not exist.
 */
export const argMax = (
  x: Value,
  axis: number = -1,
): Effect.Effect<Value, ShapeError> => {
  const dropped = fromStart(axis, x.shape);
  return apply(
    { type: "argMax", axis: dropped },
    { x },
    () => floatsOnly(x) ?? reducedShape(x.shape, [dropped], false),
    "int32",
  );
};

const reduce = (
  type: "reduceSum" | "reduceMean" | "reduceMax",
  x: Value,
  { axes: given, keepDimensions = false }: ReductionOptions,
): Effect.Effect<Value, ShapeError> => {
  const axes = (given ?? x.shape.map((_, axis) => axis))
    .map((axis) => fromStart(axis, x.shape))
    .sort((a, b) => a - b);
  return apply(
    { type, axes, keepDimensions },
    { x },
    () => floatsOnly(x) ?? reducedShape(x.shape, axes, keepDimensions),
  );
};

const fromStart = (axis: number, shape: Shape): number =>
  axis < 0 ? axis + shape.length : axis;

const reducedShape = (
  x: Shape,
  axes: readonly number[],
  keepDimensions: boolean,
): Shape | string => {
  if (axes.some((axis) => x[axis] === undefined)) {
    return "every axis must be one of x";
  }
  if (new Set(axes).size < axes.length) return "axes must differ";
  return x.flatMap((size, axis) =>
    axes.includes(axis) ? keepDimensions ? [1] : [] : [size]
  );
};
