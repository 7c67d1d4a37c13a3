/**
 * Products of matrices on the Backend.
 *
 * @module
 */
import { floatTensor, type Matrix, matrix } from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul } from "@deepcluster/graph";
import { Effect, type Scope } from "effect";

/** Multiplies two matrices of fixed sizes. */
export type Product = (
  a: Matrix,
  b: Matrix,
) => Effect.Effect<Matrix, BackendError>;

/** Sizes of a product. */
export interface ProductShape {
  /** `[rows, columns]` of the first factor. */
  readonly a: readonly [number, number];
  /** `[rows, columns]` of the second factor, as it is stored. */
  readonly b: readonly [number, number];
  /** Whether the second factor is read transposed. */
  readonly transposeB?: boolean;
}

/**
 * Compiles a product of two matrices.
 *
 * @param shape See {@link ProductShape}.
 * @returns The product, whose results are copies, or `BackendError`.
 */
export const compileProduct = Effect.fnUntraced(function* (
  { a, b, transposeB = false }: ProductShape,
): Effect.fn.Return<Product, BackendError, Backend | Scope.Scope> {
  const backend = yield* Backend;
  const graph = yield* Effect.orDie(buildGraph(() => {
    const [first, second] = [input("a", a), input("b", b)];
    return {
      outputs: {
        product: matmul(first, second, { transposeB }),
      },
    };
  }));
  const program = yield* backend.compile(graph, {});
  const columns = transposeB ? b[0] : b[1];
  return (first, second) =>
    Effect.map(
      program.run({
        a: floatTensor(a, first.data),
        b: floatTensor(b, second.data),
      }),
      ({ product }) =>
        matrix(a[0], columns, product!.data.slice() as Float32Array),
    );
});
