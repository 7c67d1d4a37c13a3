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
import { draws, matrix } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Effect, type Scope } from "effect";
import type { Eigenpairs } from "./eigenpairs.ts";
import { compileExtend, type Extend } from "./orthonormalise_in_panels.ts";
import {
  compileProduct,
  type Product,
  type ProductBy,
  type SymmetricOperator,
} from "./products.ts";
import {
  type Basis,
  leading,
  project,
  residualBlock,
  residualsOf,
  restarted,
} from "./ritz_pairs.ts";

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
/** Rows of a block at least. */
const minBlockRows = 16;
/**
 * Rows of a block by eigenvectors: wider blocks need a larger basis, narrower
 * ones make slower products.
 */
const blockRatio = 3 / 16;
/** Blocks of the basis, which so holds 2.25 vectors for each eigenvector. */
const basisBlocks = 12;

/** Variance that is not worth another projection, as a fraction of that found. */
const negligible = 1e-6;

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
 * A random block of `3 count / 16` vectors and its images under the matrix, each
 * orthogonalised against those before it, span the basis of a projection. Until
 * its eigenvectors are accurate, the best are kept, and the basis is filled up
 * from their residuals. As a block finds no more equal eigenvalues than it has
 * rows, where it finds as many the search continues from another random block,
 * until that adds nothing. A residual above the tolerance after 30 projections
 * is reported, not an error: the vectors then span nearly as much variance.
 * The first projection takes `2.25 count` products with vectors, another one at
 * most as many, and O(count² d + count³) time. Repeatable for one seed and one
 * Backend.
 *
 * @param symmetric Of d rows, positive semidefinite up to rounding, not zero.
 * @param count From 1 to d.
 * @param seed Names the draws of the random blocks.
 * @returns `count` eigenpairs, or `BackendError`, or the operator's error.
 */
export const blockLanczos = Effect.fn("blockLanczos")(
  function* <E>(
    symmetric: SymmetricOperator<E>,
    count: number,
    seed: number,
  ): Effect.fn.Return<
    Convergence,
    BackendError | E,
    Backend | Scope.Scope
  > {
    const sizes = sizesOf(symmetric.rows, count);
    const products = yield* compile(symmetric, sizes, seed);
    let space = emptySpace(sizes);
    let next = randomBlock(sizes, seed, 0);
    let foundBefore = 0;
    for (let iterations = 1;; iterations++) {
      yield* fill(space, products, sizes, next);
      const ritz = yield* project(products, space);
      const residuals = residualsOf(ritz, count);
      const residual = residuals.reduce((worst, value) =>
        Math.max(worst, value)
      );
      const accurate = residual <= tolerance;
      const found = sumOf(ritz.values.subarray(0, count));
      const complete = !hasFullRun(ritz.values, sizes) ||
        found <= foundBefore * (1 + negligible);
      if (accurate && complete || iterations === maxIterations) {
        return { ...leading(ritz, count), residual, iterations };
      }
      if (accurate) foundBefore = found;
      next = accurate
        ? randomBlock(sizes, seed, iterations)
        : residualBlock(ritz, residuals, sizes.block);
      space = restarted(ritz, sizes.kept);
    }
  },
  Effect.scoped,
);

const sizesOf = (d: number, count: number): Sizes => {
  const wanted = Math.max(minBlockRows, Math.ceil(blockRatio * count));
  const [block, basis] = [
    Math.min(d, wanted),
    Math.min(d, basisBlocks * wanted),
  ];
  return { count, block, basis, kept: Math.min(basis, count + block), d };
};

/**
 * Returns the number of products with vectors that a search takes if its first
 * projection is accurate.
 *
 * @param d Rows of the matrix.
 * @param count Number of eigenvectors.
 * @returns At most d.
 */
export const basisRows = (d: number, count: number): number =>
  sizesOf(d, count).basis;

const emptySpace = ({ basis, d }: Sizes): Basis => ({
  basis: matrix(basis, d),
  images: matrix(basis, d),
  filled: 0,
});

const randomBlock = (
  { block, d }: Sizes,
  seed: number,
  iterations: number,
): Float32Array => {
  const { normal } = iterations === 0
    ? draws(seed, "first block of Lanczos")
    : draws(seed, "further block of Lanczos", iterations);
  return new Float32Array(block * d).map(normal);
};

const sumOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0);

/**
 * Whether as many eigenvalues as a block has rows are equal, and others that
 * are equal too could be missing before the last one.
 */
const hasFullRun = (
  values: Float64Array,
  { block, basis, count, d }: Sizes,
): boolean => {
  for (let i = 0; basis < d && i + block < count; i++) {
    const [first, last] = [values[i]!, values[i + block - 1]!];
    if (last > negligible * values[0]! && last >= first * (1 - tolerance)) {
      return true;
    }
  }
  return false;
};

/** The products of one search. */
interface Products<E> {
  /** The matrix times each row of a block. */
  readonly image: ProductBy<E>;
  /** `a bᵀ` of two bases. */
  readonly gram: Product;
  /** A square matrix times a basis. */
  readonly rotate: Product;
  /** Adds rows to a basis. */
  readonly extend: Extend;
}

const compile = Effect.fnUntraced(function* <E>(
  symmetric: SymmetricOperator<E>,
  { block, basis, d }: Sizes,
  seed: number,
): Effect.fn.Return<Products<E>, BackendError | E, Backend | Scope.Scope> {
  const shape = [basis, d] as const;
  return {
    image: yield* symmetric.compile(block),
    gram: yield* compileProduct({ a: shape, b: shape, transposeB: true }),
    rotate: yield* compileProduct({ a: [basis, basis], b: shape }),
    extend: yield* compileExtend(basis, d, seed),
  };
});

/** Fills a basis up, from `next` and then from images of its last rows. */
const fill = Effect.fnUntraced(function* <E>(
  { basis, images, filled }: Basis,
  { image, extend }: Products<E>,
  { block, d }: Sizes,
  next: Float32Array,
): Effect.fn.Return<void, BackendError | E> {
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
