/**
 * The leading eigenvectors of a large symmetric matrix: block subspace
 * iteration with Rayleigh-Ritz projection, accelerated by Chebyshev
 * polynomials, its products on the Backend.
 *
 * Reference: Y. Zhou, Y. Saad, M. L. Tiago, J. R. Chelikowsky, "Self-consistent
 * field calculations using Chebyshev-filtered subspace iteration", 2006. Plain
 * powers of the matrix need five times as many products on flat spectra.
 *
 * @module
 */
import { draws, type Matrix, matrix, row } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Effect, type Scope } from "effect";
import { type Eigenpairs, eigenpairsOf, upright } from "./eigenpairs.ts";
import { orthonormalise } from "./orthonormalise.ts";
import {
  compileProduct,
  compileProductBy,
  type Product,
  type ProductBy,
} from "./products.ts";

/** Eigenpairs and their accuracy. */
export interface Convergence extends Eigenpairs {
  /** Largest `|C v - θ v| / (θ + θ₁ / 1000)` over the eigenpairs. */
  readonly residual: number;
  /** Rayleigh-Ritz projections made. */
  readonly iterations: number;
}

/** The iteration ends when no residual is larger. */
const tolerance = 1e-3;
/** It also ends after this many projections; most spectra need 3 to 6. */
const maxIterations = 30;
/** Maximum number of products of one filter. */
const maxDegree = 10;
/**
 * Maximum amplification of the first eigenvector relative to the unwanted ones.
 * 32-bit floats hold seven digits: beyond that the last eigenvectors would be
 * lost in the rounding of the first.
 */
const maxAmplification = 1e6;

/**
 * Finds the `count` largest eigenvalues and their eigenvectors.
 *
 * A block of `1.5 count` vectors is multiplied by a polynomial of the matrix
 * that is small on the unwanted part of the spectrum, made orthonormal in
 * double, and projected on. A residual above the tolerance after 30 iterations
 * is reported, not an error: the vectors then span nearly as much variance.
 * Each iteration takes up to 10 products of `1.5 count * d²` and O(count² d)
 * time. Repeatable for one seed and one Backend.
 *
 * @param symmetric `[d, d]`, positive semidefinite up to rounding, not zero.
 * @param count From 1 to d.
 * @param seed Names the draws of the first block.
 * @returns `count` eigenpairs, or `BackendError`.
 */
export const subspaceIteration = Effect.fn("subspaceIteration")(
  function* (
    symmetric: Float64Array,
    count: number,
    seed: number,
  ): Effect.fn.Return<
    Convergence,
    BackendError,
    Backend | Scope.Scope
  > {
    const d = Math.sqrt(symmetric.length);
    const width = Math.min(d, count + Math.max(16, Math.ceil(count / 2)));
    const products = yield* compile(symmetric, d, width);
    let block = firstBlock(width, d, seed);
    for (let iterations = 1;; iterations++) {
      orthonormalise(block);
      const ritz = yield* project(products, block);
      const residual = worstResidual(ritz, count);
      if (residual <= tolerance || iterations === maxIterations) {
        return { ...leading(ritz, count), residual, iterations };
      }
      block = yield* filter(products, ritz);
    }
  },
  Effect.scoped,
);

const firstBlock = (width: number, d: number, seed: number): Matrix => {
  const { normal } = draws(seed, "first block of subspace iteration");
  return matrix(width, d, new Float32Array(width * d).map(normal));
};

/** Approximate eigenpairs, and the images of the vectors. */
interface Ritz extends Eigenpairs {
  /** `[m, d]`: the matrix times each vector. */
  readonly images: Matrix;
}

/** The products of one iteration. */
interface Products {
  /** The matrix times each row of a block. */
  readonly image: ProductBy;
  /** `a bᵀ` of two blocks. */
  readonly gram: Product;
  /** A square matrix times a block. */
  readonly rotate: Product;
}

const compile = Effect.fnUntraced(function* (
  symmetric: Float64Array,
  d: number,
  width: number,
): Effect.fn.Return<Products, BackendError, Backend | Scope.Scope> {
  const full = matrix(d, d, Float32Array.from(symmetric));
  return {
    image: yield* compileProductBy(width, full),
    gram: yield* compileProduct({
      a: [width, d],
      b: [width, d],
      transposeB: true,
    }),
    rotate: yield* compileProduct({ a: [width, width], b: [width, d] }),
  };
});

/** The best approximate eigenpairs within the span of an orthonormal block. */
const project = Effect.fnUntraced(function* (
  { image, gram, rotate }: Products,
  block: Matrix,
): Effect.fn.Return<Ritz, BackendError> {
  const images = yield* image(block);
  const projected = yield* gram(images, block);
  const { values, vectors } = eigenpairsOf(Float64Array.from(projected.data));
  return {
    values,
    vectors: yield* rotate(vectors, block),
    images: yield* rotate(vectors, images),
  };
});

const worstResidual = (
  { values, vectors, images }: Ritz,
  count: number,
): number => {
  const d = vectors.columns;
  let worst = 0;
  for (let i = 0; i < count; i++) {
    let squares = 0;
    for (let j = i * d; j < (i + 1) * d; j++) {
      squares += (images.data[j]! - values[i]! * vectors.data[j]!) ** 2;
    }
    const allowed = Math.max(0, values[i]!) + values[0]! / 1000;
    worst = Math.max(worst, Math.sqrt(squares) / allowed);
  }
  return worst;
};

const leading = ({ values, vectors }: Ritz, count: number): Eigenpairs => {
  const d = vectors.columns;
  const first = matrix(count, d, vectors.data.slice(0, count * d));
  for (let i = 0; i < count; i++) upright(row(first, i));
  return { values: values.slice(0, count), vectors: first };
};

/**
 * Multiplies a block by the Chebyshev polynomial that stays within ±1 on the
 * spectrum from 0 to the block's last eigenvalue and grows fastest above it.
 */
const filter = Effect.fnUntraced(function* (
  { image }: Products,
  { values, vectors, images }: Ritz,
): Effect.fn.Return<Matrix, BackendError> {
  const cut = Math.max(values.at(-1)!, values[0]! / maxAmplification);
  const step = (mapped: Matrix, current: Matrix, before?: Matrix): Matrix =>
    matrix(
      current.rows,
      current.columns,
      mapped.data.map((value, i) => {
        const shifted = 2 / cut * value - current.data[i]!;
        return before === undefined ? shifted : 2 * shifted - before.data[i]!;
      }),
    );
  let before = vectors;
  let current = step(images, vectors);
  for (let degree = degreeFor(values[0]! / cut); degree > 1; degree--) {
    const next = step(yield* image(current), current, before);
    before = current;
    current = next;
  }
  return current;
});

/** The highest degree that amplifies the first eigenvector no more than allowed. */
const degreeFor = (ratio: number): number => {
  const growth = Math.acosh(2 * ratio - 1);
  const fitting = Math.floor(Math.acosh(maxAmplification) / growth);
  return Math.max(1, Math.min(maxDegree, fitting));
};
