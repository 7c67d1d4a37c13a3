/**
 * Products of matrices.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { apply, firstBroken, floatsOnly } from "./apply.ts";
import { add } from "./elementwise.ts";
import type { Value } from "./value.ts";

/** Which factors of {@link matmul} are read transposed. */
export interface MatmulOptions {
  /** Whether `a` is `[k, m]`. Default: false. */
  readonly transposeA?: boolean;
  /** Whether `b` is `[n, k]`. Default: false. */
  readonly transposeB?: boolean;
}

/**
 * Multiplies two matrices.
 *
 * @param a float32 `[m, k]`.
 * @param b float32 `[k, n]`.
 * @param options See {@link MatmulOptions}.
 * @returns `[m, n]`.
 * @throws {ShapeError} When they are not matrices with equal inner sizes.
 *
 * @example A product with the second factor transposed
 * ```ts
 * import { input, matmul } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const points = input("points", [100, 16]);
 * const centroids = input("centroids", [5, 16]);
 * const product = matmul(points, centroids, { transposeB: true });
 * assert.deepEqual(product.shape, [100, 5]);
 * ```
 */
export const matmul = (
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false }: MatmulOptions = {},
): Value =>
  apply(
    { type: "matmul", transposeA, transposeB },
    { a, b },
    floatsOnly(a, b) ?? productShape(
      transposeA ? a.shape.toReversed() : a.shape,
      transposeB ? b.shape.toReversed() : b.shape,
    ),
  );

/** How {@link coarseMatmul} rounds. */
export interface CoarseMatmulOptions {
  /**
   * Bits of the elements of `a`: with 7 they are from -64 to 63, and the
   * product of integers is exact on more processors. Default: 8.
   */
  readonly bits?: 7 | 8;
}

/**
 * Multiplies two matrices whose elements are first rounded to the nearest
 * whole number from -128 to 127, ties to the even one. It has no derivative.
 *
 * Executors may multiply in 8-bit integers, several times as fast as in
 * floats; sums below 2^24 in magnitude come out exactly everywhere, larger
 * ones rounded to 24 bits at most once.
 *
 * @param a float32 `[m, k]`.
 * @param b float32 `[k, n]`.
 * @param options See {@link CoarseMatmulOptions}.
 * @returns float32 `[m, n]`.
 * @throws {ShapeError} When they are not matrices with equal inner sizes.
 */
export const coarseMatmul = (
  a: Value,
  b: Value,
  { bits = 8 }: CoarseMatmulOptions = {},
): Value =>
  apply(
    { type: "coarseMatmul", bits },
    { a, b },
    floatsOnly(a, b) ?? productShape(a.shape, b.shape),
  );

/**
 * Applies a fully connected layer: `x weightᵀ + bias`.
 *
 * @param x float32 `[n, inputs]`.
 * @param weight float32 `[outputs, inputs]`, as PyTorch keeps it.
 * @param bias float32 `[outputs]`. Default: none.
 * @returns `[n, outputs]`.
 * @throws {ShapeError} When the sizes do not fit.
 */
export const linear = (
  x: Value,
  weight: Value,
  bias?: Value,
): Value => {
  const product = matmul(x, weight, { transposeB: true });
  return bias === undefined ? product : add(product, bias);
};

const productShape = (a: Shape, b: Shape): Shape | string =>
  firstBroken([
    ["a and b must be matrices", a.length === 2 && b.length === 2],
    ["the inner sizes must be equal", a[1] === b[0]],
  ]) ?? [a[0]!, b[1]!];
