/**
 * Values that are computed from no other: inputs and constants.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";
import type { Effect } from "effect";
import { apply } from "./apply.ts";
import type { ShapeError } from "./errors.ts";
import type { Value } from "./value.ts";

/**
 * A value that is fed at every run, or kept as state between runs.
 *
 * @param name By which it is fed or kept; one input a name in a graph.
 * @param shape Sizes, outermost first, each an integer of at least 1.
 * @param dtype Element type.
 * @returns The value, or `ShapeError` when a size is not a positive integer.
 *
 * @example A batch of eight RGB images
 * ```ts
 * import { input } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const images = Effect.runSync(input("images", [8, 3, 32, 32]));
 * assert.deepEqual(images.shape, [8, 3, 32, 32]);
 * ```
 */
export const input = (
  name: string,
  shape: Shape,
  dtype: DType = "float32",
): Effect.Effect<Value, ShapeError> =>
  apply({ type: "input", name }, {}, () => positiveSizes(shape), dtype);

/**
 * The same number everywhere.
 *
 * @param value The number; an integer for `int32`.
 * @param shape Sizes, outermost first; a scalar when absent.
 * @param dtype Element type.
 * @returns The value, or `ShapeError` when a size is not a positive integer.
 */
export const constant = (
  value: number,
  shape: Shape = [],
  dtype: DType = "float32",
): Effect.Effect<Value, ShapeError> =>
  apply({ type: "constant", value }, {}, () => positiveSizes(shape), dtype);

const positiveSizes = (shape: Shape): Shape | string =>
  shape.every((size) => Number.isInteger(size) && size > 0)
    ? shape
    : `sizes must be positive integers, not [${shape.join(", ")}]`;
