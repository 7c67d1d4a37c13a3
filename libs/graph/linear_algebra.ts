/**
 * Products of matrices.
 *
 * @module
 */
import { Effect } from "effect";
import { apply, firstBroken, floatsOnly } from "./apply.ts";
import { add } from "./elementwise.ts";
import type { ShapeError } from "./errors.ts";
import type { Value } from "./value.ts";

/** Which factors of {@link matmul} are read transposed. */
export interface MatmulOptions {
  /** `a` is given as `[k, m]`; false when absent. */
  readonly transposeA?: boolean;
  /** `b` is given as `[n, k]`; false when absent. */
  readonly transposeB?: boolean;
}

/**
 * The product of two matrices.
 *
 * @param a float32 `[m, k]`.
 * @param b float32 `[k, n]`.
 * @param options See {@link MatmulOptions}.
 * @returns `[m, n]`, or `ShapeError` when they are not matrices with equal
 * inner sizes.
 *
 * @example A product with the second factor transposed
 * ```ts
 * import { input, matmul } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const product = Effect.runSync(Effect.gen(function* () {
 *   const points = yield* input("points", [100, 16]);
 *   const centroids = yield* input("centroids", [5, 16]);
 *   return yield* matmul(points, centroids, { transposeB: true });
 * }));
 * assert.deepEqual(product.shape, [100, 5]);
 * ```
 */
export const matmul = (
  a: Value,
  b: Value,
  options: MatmulOptions = {},
): Effect.Effect<Value, ShapeError> => {
  const { transposeA = false, transposeB = false } = options;
  return apply({ type: "matmul", transposeA, transposeB }, { a, b }, () => {
    const [m, inner] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
    const [k, n] = transposeB ? [b.shape[1], b.shape[0]] : b.shape;
    return floatsOnly(a, b) ?? firstBroken([
      [
        "a and b must be matrices",
        a.shape.length === 2 && b.shape.length === 2,
      ],
      ["the inner sizes must be equal", inner === k],
    ]) ?? [m!, n!];
  });
};

/**
 * The product of two matrices whose elements are first rounded to the nearest
 * whole number from -128 to 127, ties to the even one. It has no derivative.
 *
 * Executors may multiply in 8-bit integers, several times as fast as in
 * floats; sums below 2^24 in magnitude come out exactly everywhere, larger
 * ones rounded to 24 bits at most once.
 *
 * @param a float32 `[m, k]`.
 * @param b float32 `[k, n]`.
 * @returns float32 `[m, n]`, or `ShapeError` when they are not matrices with
 * equal inner sizes.
 */
export const coarseMatmul = (
  a: Value,
  b: Value,
): Effect.Effect<Value, ShapeError> =>
  apply(
    { type: "coarseMatmul" },
    { a, b },
    () =>
      floatsOnly(a, b) ?? firstBroken([
        [
          "a and b must be matrices",
          a.shape.length === 2 && b.shape.length === 2,
        ],
        ["the inner sizes must be equal", a.shape[1] === b.shape[0]],
      ]) ?? [a.shape[0]!, b.shape[1]!],
  );

/**
 * A fully connected layer: `x weightᵀ + bias`.
 *
 * @param x float32 `[n, inputs]`.
 * @param weight float32 `[outputs, inputs]`, as PyTorch keeps it.
 * @param bias float32 `[outputs]`; none when absent.
 * @returns `[n, outputs]`, or `ShapeError` when the sizes do not fit.
 */
export const linear = Effect.fnUntraced(function* (
  x: Value,
  weight: Value,
  bias?: Value,
): Effect.fn.Return<Value, ShapeError> {
  const product = yield* matmul(x, weight, { transposeB: true });
  return bias === undefined ? product : yield* add(product, bias);
});
