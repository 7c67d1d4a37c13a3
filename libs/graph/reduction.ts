/**
 * Sums, means and maxima over axes, and the largest elements along one.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { apply, firstBroken, floatsOnly } from "./apply.ts";
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

/** The largest elements along an axis, in descending order. */
export interface TopK {
  /** float32, with k elements in the last axis. */
  readonly values: Value;
  /** int32, where they are in the last axis. */
  readonly indices: Value;
}

/**
 * Returns the k largest elements of the last axis, in descending order; of
 * equal ones the lower index comes first. What comes of a NaN depends on the
 * engine. It has no derivative.
 *
 * @param x float32.
 * @param k How many, from 1 to the size of the last axis.
 * @returns The elements and their indices.
 * @throws {ShapeError} When there is no last axis of at least k elements.
 *
 * @example The two nearest of each row
 * ```ts
 * import { input, topK } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const { values, indices } = topK(input("similarities", [4, 7]), 2);
 * assert.deepEqual(values.shape, [4, 2]);
 * assert.equal(indices.dtype, "int32");
 * ```
 */
export const topK = (x: Value, k: number): TopK => {
  const size = x.shape.at(-1);
  const shape = floatsOnly(x) ?? firstBroken([
    ["x must have an axis", size !== undefined],
    [
      "k must be a whole number from 1 to the size of the last axis",
      Number.isInteger(k) && k >= 1 && k <= size!,
    ],
  ]) ?? [...x.shape.slice(0, -1), k];
  return {
    values: apply({ type: "topKValues", k }, { x }, shape),
    indices: apply({ type: "topKIndices", k }, { x }, shape, "int32"),
  };
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
