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

/** Multiplies a matrix of fixed size by one that stays the same. */
export type ProductBy<E = never> = (
  a: Matrix,
) => Effect.Effect<Matrix, BackendError | E>;

/** A symmetric matrix, of which only products are needed. */
export interface SymmetricOperator<E = never> {
  /** Number of its rows and columns. */
  readonly rows: number;
  /** Compiles the product of `count` row vectors and the matrix. */
  readonly compile: (
    count: number,
  ) => Effect.Effect<ProductBy<E>, BackendError | E, Backend | Scope.Scope>;
}

/**
 * Multiplies by a symmetric matrix that is in memory.
 *
 * @param symmetric `[d, d]`.
 * @returns See {@link SymmetricOperator}.
 */
export const operatorOf = (symmetric: Matrix): SymmetricOperator => ({
  rows: symmetric.rows,
  compile: (count) => compileProductBy(count, symmetric),
});

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

/**
 * Compiles the product with a matrix that stays the same: a GPU is sent it
 * once.
 *
 * @param rows Of the first factor.
 * @param b The second factor.
 * @returns The product, whose results are copies, or `BackendError`.
 */
export const compileProductBy = Effect.fnUntraced(function* (
  rows: number,
  b: Matrix,
): Effect.fn.Return<ProductBy, BackendError, Backend | Scope.Scope> {
  const backend = yield* Backend;
  const [shape, shapeB] = [[rows, b.rows], [b.rows, b.columns]] as const;
  if (!backend.info.capabilities.deviceMemory) {
    const product = yield* compileProduct({ a: shape, b: shapeB });
    return (a) => product(a, b);
  }
  const graph = yield* Effect.orDie(buildGraph(() => {
    const second = input("b", shapeB);
    return {
      outputs: { product: matmul(input("a", shape), second) },
      state: { b: second },
    };
  }));
  const program = yield* backend.compile(graph, {
    b: floatTensor(shapeB, b.data),
  });
  return (a) =>
    Effect.map(
      program.run({ a: floatTensor(shape, a.data) }),
      ({ product }) =>
        matrix(rows, b.columns, product!.data.slice() as Float32Array),
    );
});
