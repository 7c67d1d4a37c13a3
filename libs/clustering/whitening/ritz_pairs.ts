/**
 * Approximate eigenpairs of a symmetric matrix within the span of a basis.
 *
 * Reference: that of `block_lanczos.ts`, whose projections these are.
 *
 * @module
 */
import { type Matrix, matrix, row } from "@deepcluster/core";
import type { BackendError } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { type Eigenpairs, eigenpairsOf, upright } from "./eigenpairs.ts";
import type { Product } from "./products.ts";

/** A basis that grows, and the images of its vectors. */
export interface Basis {
  /** `[m, d]`: orthonormal rows, then zeros. */
  readonly basis: Matrix;
  /** `[m, d]`: the matrix times each row of the basis. */
  readonly images: Matrix;
  /** Number of rows that are not zeros. */
  readonly filled: number;
}

/** Approximate eigenpairs, and the images of the vectors. */
export interface RitzPairs extends Eigenpairs {
  /** `[m, d]`: the matrix times each vector. */
  readonly images: Matrix;
}

/**
 * Finds the best approximate eigenpairs within the span of a basis, by a
 * Rayleigh-Ritz projection.
 *
 * @param products `gram` gives `a bᵀ` of two bases, `rotate` a square matrix
 * times a basis.
 * @param basis The full basis.
 * @returns As many pairs as rows, by falling value; or `BackendError`.
 */
export const project = Effect.fnUntraced(function* (
  { gram, rotate }: { readonly gram: Product; readonly rotate: Product },
  { basis, images }: Basis,
): Effect.fn.Return<RitzPairs, BackendError> {
  const projected = yield* gram(images, basis);
  const { values, vectors } = eigenpairsOf(new Float64Array(projected.data));
  return {
    values,
    vectors: yield* rotate(vectors, basis),
    images: yield* rotate(vectors, images),
  };
});

/**
 * Measures `C v - θ v` of the leading pairs.
 *
 * @param ritz The pairs.
 * @param count How many.
 * @returns `[count]` lengths as fractions of what an error is compared with.
 */
export const residualsOf = (
  { values, vectors, images }: RitzPairs,
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

/**
 * Returns the leading pairs, each vector upright.
 *
 * @param ritz The pairs.
 * @param count How many.
 * @returns A copy of them.
 */
export const leading = (
  { values, vectors }: RitzPairs,
  count: number,
): Eigenpairs => {
  const d = vectors.columns;
  const first = matrix(count, d, vectors.data.slice(0, count * d));
  for (let i = 0; i < count; i++) upright(row(first, i));
  return { values: values.slice(0, count), vectors: first };
};

/**
 * Computes `C v - θ v` of the least accurate vectors.
 *
 * @param ritz The pairs.
 * @param residuals Of {@link residualsOf}.
 * @param block How many vectors, at most.
 * @returns `[block, d]`.
 */
export const residualBlock = (
  { values, vectors, images }: RitzPairs,
  residuals: Float64Array,
  block: number,
): Float32Array => {
  const d = vectors.columns;
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

/**
 * Keeps the leading vectors of a projection as the beginning of a basis.
 *
 * @param ritz The pairs, whose memory the basis takes over.
 * @param kept How many.
 * @returns The basis.
 */
export const restarted = (
  { vectors, images }: RitzPairs,
  kept: number,
): Basis => {
  vectors.data.fill(0, kept * vectors.columns);
  images.data.fill(0, kept * vectors.columns);
  return { basis: vectors, images, filled: kept };
};
