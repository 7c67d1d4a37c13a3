/**
 * The leading eigenvectors of a large symmetric matrix: block Lanczos with thick
 * restarts and full orthogonalisation, its products on the Backend.
 *
 * Reference: Y. Zhou, Y. Saad, "Block Krylov-Schur method for large symmetric
 * eigenvalue problems", 2008. C. Musco, C. Musco, "Randomized block Krylov
 * methods for stronger and faster approximate singular value decomposition",
 * 2015: from a random block, without a restart, and why it needs fewer products
 * than powers of the matrix.
 *
 * @module
 */
import { draws, type Matrix, matrix, row } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Effect, type Scope } from "effect";
import { type Eigenpairs, eigenpairsOf, upright } from "./eigenpairs.ts";
import { compileExtend, type Extend } from "./orthonormalise_in_panels.ts";
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

/** The search ends when no residual is larger. */
const tolerance = 1e-3;
/** It also ends after this many projections; most spectra need 1 to 3. */
const maxIterations = 30;
/** Rows of a block at least: more equal eigenvalues can be missed. */
const minBlockRows = 16;
/** Blocks that the basis holds beside the eigenvectors. */
const spareBlocks = 8;

/** Sizes of a search. */
interface Sizes {
  /** Number of eigenvectors that are returned. */
  readonly count: number;
  /** Rows of a block. */
  readonly block: number;
  /** Rows of the full basis. */
  readonly basis: number;
  /** Rows of the basis that a restart keeps. */
  readonly kept: number;
  /** Length of a row. */
  readonly d: number;
}

/**
 * Finds the `count` largest eigenvalues and their eigenvectors.
 *
 * A random block of `count / 8` vectors and its images under the matrix, each
 * orthogonalised against those before it, span the basis of a projection. Until
 * its eigenvectors are accurate, the best are kept, and the basis is filled up
 * from their residuals. A residual above the tolerance after 30 projections
 * is reported, not an error: the vectors then span nearly as much variance.
 * Each projection takes up to `2 count` products of `d²` and
 * O(count² d + count³) time. Repeatable for one seed and one Backend.
 *
 * @param symmetric `[d, d]`, positive semidefinite up to rounding, not zero.
 * @param count From 1 to d.
 * @param seed Names the draws of the first block.
 * @returns `count` eigenpairs, or `BackendError`.
 */
export const blockLanczos = Effect.fn("blockLanczos")(
  function* (
    symmetric: Matrix,
    count: number,
    seed: number,
  ): Effect.fn.Return<
    Convergence,
    BackendError,
    Backend | Scope.Scope
  > {
    const sizes = sizesOf(symmetric.rows, count);
    const products = yield* compile(symmetric, sizes);
    let space = emptySpace(sizes);
    let next = firstBlock(sizes, seed);
    for (let iterations = 1;; iterations++) {
      yield* fill(space, products, sizes, next);
      const ritz = yield* project(products, space);
      const residuals = residualsOf(ritz, count);
      const residual = residuals.reduce((worst, value) =>
        Math.max(worst, value)
      );
      if (residual <= tolerance || iterations === maxIterations) {
        return { ...leading(ritz, count), residual, iterations };
      }
      next = residualBlock(ritz, residuals, sizes);
      space = restarted(ritz, sizes);
    }
  },
  Effect.scoped,
);

const sizesOf = (d: number, count: number): Sizes => {
  const block = Math.min(d, Math.max(minBlockRows, Math.ceil(count / 8)));
  const basis = Math.min(d, count + spareBlocks * block);
  return { count, block, basis, kept: Math.min(basis, count + block), d };
};

/** A basis that grows, and the images of its vectors. */
interface Space {
  /** `[m, d]`: orthonormal rows, then zeros. */
  readonly basis: Matrix;
  /** `[m, d]`: the matrix times each row of the basis. */
  readonly images: Matrix;
  /** Number of rows that are not zeros. */
  readonly filled: number;
}

const emptySpace = ({ basis, d }: Sizes): Space => ({
  basis: matrix(basis, d),
  images: matrix(basis, d),
  filled: 0,
});

const firstBlock = ({ block, d }: Sizes, seed: number): Float32Array => {
  const { normal } = draws(seed, "first block of Lanczos");
  return new Float32Array(block * d).map(normal);
};

/** The products of one search. */
interface Products {
  /** The matrix times each row of a block. */
  readonly image: ProductBy;
  /** `a bᵀ` of two bases. */
  readonly gram: Product;
  /** A square matrix times a basis. */
  readonly rotate: Product;
  /** Adds rows to a basis. */
  readonly extend: Extend;
}

const compile = Effect.fnUntraced(function* (
  symmetric: Matrix,
  { block, basis, d }: Sizes,
): Effect.fn.Return<Products, BackendError, Backend | Scope.Scope> {
  const shape = [basis, d] as const;
  return {
    image: yield* compileProductBy(block, symmetric),
    gram: yield* compileProduct({ a: shape, b: shape, transposeB: true }),
    rotate: yield* compileProduct({ a: [basis, basis], b: shape }),
    extend: yield* compileExtend(basis, d),
  };
});

/** Fills a basis up, from `next` and then from images of its last rows. */
const fill = Effect.fnUntraced(function* (
  { basis, images, filled }: Space,
  { image, extend }: Products,
  { block, d }: Sizes,
  next: Float32Array,
): Effect.fn.Return<void, BackendError> {
  while (filled < basis.rows) {
    const start = filled * d;
    const room = (basis.rows - filled) * d;
    filled = yield* extend(basis, filled, next.subarray(0, room));
    const added = matrix(block, d);
    added.data.set(basis.data.subarray(start, filled * d));
    next = (yield* image(added)).data;
    images.data.set(next.subarray(0, room), start);
  }
});

/** Approximate eigenpairs, and the images of the vectors. */
interface Ritz extends Eigenpairs {
  /** `[m, d]`: the matrix times each vector. */
  readonly images: Matrix;
}

/** The best approximate eigenpairs within the span of an orthonormal basis. */
const project = Effect.fnUntraced(function* (
  { gram, rotate }: Products,
  { basis, images }: Space,
): Effect.fn.Return<Ritz, BackendError> {
  const projected = yield* gram(images, basis);
  const { values, vectors } = eigenpairsOf(new Float64Array(projected.data));
  return {
    values,
    vectors: yield* rotate(vectors, basis),
    images: yield* rotate(vectors, images),
  };
});

/** Lengths of `C v - θ v` as fractions of what an error is compared with. */
const residualsOf = (
  { values, vectors, images }: Ritz,
  count: number,
): Float64Array => {
  const d = vectors.columns;
  const residuals = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let squares = 0;
    for (let j = i * d; j < (i + 1) * d; j++) {
      squares += (images.data[j]! - values[i]! * vectors.data[j]!) ** 2;
    }
    const allowed = Math.max(0, values[i]!) + values[0]! / 1000;
    residuals[i] = Math.sqrt(squares) / allowed;
  }
  return residuals;
};

const leading = ({ values, vectors }: Ritz, count: number): Eigenpairs => {
  const d = vectors.columns;
  const first = matrix(count, d, vectors.data.slice(0, count * d));
  for (let i = 0; i < count; i++) upright(row(first, i));
  return { values: values.slice(0, count), vectors: first };
};

/** `C v - θ v` of the least accurate vectors. */
const residualBlock = (
  { values, vectors, images }: Ritz,
  residuals: Float64Array,
  { block, d }: Sizes,
): Float32Array => {
  const worst = [...residuals.keys()]
    .sort((a, b) => residuals[b]! - residuals[a]!)
    .slice(0, block);
  const rows = new Float32Array(worst.length * d);
  worst.forEach((i, at) => {
    const [vector, image] = [row(vectors, i), row(images, i)];
    for (let j = 0; j < d; j++) {
      rows[at * d + j] = image[j]! - values[i]! * vector[j]!;
    }
  });
  return rows;
};

/** Keeps the leading vectors of a projection. */
const restarted = ({ vectors, images }: Ritz, sizes: Sizes): Space => {
  const [size, filled] = [sizes.kept * sizes.d, sizes.kept];
  vectors.data.fill(0, size);
  images.data.fill(0, size);
  return { basis: vectors, images, filled };
};
