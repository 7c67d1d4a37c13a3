/**
 * Values that are computed from no other: inputs and constants.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";
import { apply } from "./apply.ts";
import type { Value } from "./value.ts";

/**
 * Declares a value that is fed at every run, or is state between runs.
 *
 * @param name Of the fed tensor or the state; one input a name in a graph.
 * @param shape Sizes, outermost first, each an integer of at least 1.
 * @param dtype Element type.
 * @returns The value.
 * @throws {ShapeError} When a size is not a positive integer.
 *
 * @example A batch of eight RGB images
 * ```ts
 * import { input } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const images = input("images", [8, 3, 32, 32]);
 * assert.deepEqual(images.shape, [8, 3, 32, 32]);
 * ```
 */
export const input = (
  name: string,
  shape: Shape,
  dtype: DType = "float32",
): Value => apply({ type: "input", name }, {}, positiveSizes(shape), dtype);

/**
 * Declares the same number everywhere.
 *
 * @param value The number; an integer for `int32`.
 * @param shape Sizes, outermost first. Default: a scalar.
 * @param dtype Element type.
 * @returns The value.
 * @throws {ShapeError} When a size is not a positive integer.
 */
export const constant = (
  value: number,
  shape: Shape = [],
  dtype: DType = "float32",
): Value => apply({ type: "constant", value }, {}, positiveSizes(shape), dtype);

const positiveSizes = (shape: Shape): Shape | string =>
  shape.every((size) => Number.isInteger(size) && size > 0)
    ? shape
    : `sizes must be positive integers, not [${shape.join(", ")}]`;
