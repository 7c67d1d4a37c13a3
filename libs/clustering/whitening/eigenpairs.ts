/**
 * All eigenvectors of a small symmetric matrix.
 *
 * @module
 */
import { type Matrix, matrix, row } from "@deepcluster/core";
import { solveSymmetric } from "./symmetric_eigenproblem.ts";

/** Some eigenvalues and their eigenvectors. */
export interface Eigenpairs {
  /** `[c]`, descending. */
  readonly values: Float64Array;
  /**
   * `[c, d]`: each row an eigenvector of length 1, its sign such that the
   * component of largest magnitude is positive.
   */
  readonly vectors: Matrix;
}

/**
 * Solves a symmetric eigenproblem, in double.
 *
 * O(d³) time: 0.2 s for d = 512, 0.6 s for 768 on one core.
 *
 * @param symmetric `[d, d]`; if its halves differ by rounding, their mean
 * is used.
 * @returns All d eigenpairs.
 */
export const eigenpairsOf = (symmetric: Float64Array): Eigenpairs => {
  const d = Math.sqrt(symmetric.length);
  const mean = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      mean[i * d + j] = (symmetric[i * d + j]! + symmetric[j * d + i]!) / 2;
    }
  }
  const { values, vectors: solved } = solveSymmetric(mean, d);
  const order = Array.from(values.keys())
    .sort((a, b) => values[b]! - values[a]!);
  const vectors = matrix(d, d);
  order.forEach((column, i) => {
    row(vectors, i).set(
      upright(solved.subarray(column * d, (column + 1) * d)),
    );
  });
  return { values: Float64Array.from(order, (i) => values[i]!), vectors };
};

/**
 * Chooses the sign of a vector.
 *
 * @param vector Written to.
 * @returns The same vector, its component of largest magnitude positive.
 */
export const upright = <A extends Float32Array | Float64Array>(
  vector: A,
): A => {
  let largest = 0;
  for (let j = 1; j < vector.length; j++) {
    if (Math.abs(vector[j]!) > Math.abs(vector[largest]!)) largest = j;
  }
  if (vector[largest]! < 0) {
    for (let j = 0; j < vector.length; j++) vector[j] = -vector[j]!;
  }
  return vector;
};
