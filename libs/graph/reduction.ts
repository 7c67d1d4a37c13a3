/**
 * Sums, means and maxima over axes.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { apply, floatsOnly } from "./apply.ts";
import type { Value } from "./value.ts";

/** What {@link reduceSum}, {@link reduceMean} and {@link reduceMax} reduce. */
export interface ReductionOptions {
  /** Axes to reduce, negative ones counted from the end. Default: all. */
  readonly axes?: readonly number[];
  /** Whether reduced axes remain, with size 1. Default: false. */
  readonly keepDimensions?: boolean;
}

/**
 * Returns the sum over axes.
 *
 * @param x float32.
 * @param options See {@link ReductionOptions}.
 * @returns The reduced value.
 * @throws {ShapeError} When an axis does not exist or stands twice.
 *
 * @example Row sums
 * ```ts
 * import { input, reduceSum } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const sums = reduceSum(input("x", [4, 7]), { axes: [-1] });
 * assert.deepEqual(sums.shape, [4]);
 * ```
 */
export const reduceSum = (
  x: Value,
  options: ReductionOptions = {},
): Value => reduce("reduceSum", x, options);

/**
 * Returns the mean over axes.
 *
 * @param x float32.
 * @param options See {@link ReductionOptions}.
 * @returns The reduced value.
 * @throws {ShapeError} As {@link reduceSum}.
 */
export const reduceMean = (
  x: Value,
  options: ReductionOptions = {},
): Value => reduce("reduceMean", x, options);

/**
 * Returns the maximum over axes. Equal maxima share its gradient evenly. What
 * comes of a NaN among numbers depends on the engine: it may even be a number
 * that is not the largest.
 *
 * @param x float32.
 * @param options See {@link ReductionOptions}.
 * @returns The reduced value.
 * @throws {ShapeError} As {@link reduceSum}.
 */
export const reduceMax = (
  x: Value,
  options: ReductionOptions = {},
): Value => reduce("reduceMax", x, options);

/**
 * Returns the position of the maximum along an axis, the first of equals; any
 * position if there is a NaN. It has no derivative.
 *
 * @param x float32.
 * @param axis Which axis, negative ones counted from the end. Default: the
 * last.
 * @returns int32 without that axis.
 * @throws {ShapeError} When the axis does not exist.
 */
export const argMax = (
  x: Value,
  axis: number = -1,
): Value => {
  const dropped = fromStart(axis, x.shape);
  return apply(
    { type: "argMax", axis: dropped },
    { x },
    floatsOnly(x) ?? reducedShape(x.shape, [dropped], false),
    "int32",
  );
};

const reduce = (
  type: "reduceSum" | "reduceMean" | "reduceMax",
  x: Value,
  options: ReductionOptions,
): Value => {
  const { keepDimensions = false } = options;
  const axes = (options.axes ?? x.shape.map((_, axis) => axis))
    .map((axis) => fromStart(axis, x.shape))
    .sort((a, b) => a - b);
  return apply(
    { type, axes, keepDimensions },
    { x },
    floatsOnly(x) ?? reducedShape(x.shape, axes, keepDimensions),
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
