/**
 * All eigenvectors of a small symmetric matrix.
 *
 * @module
 */
import { type Matrix, matrix, row } from "@deepcluster/core";
import { EigenvalueDecomposition, Matrix as Dense } from "ml-matrix";

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
 * O(d³) time: 0.5 s for d = 512, 3 s for 768, 8 s for 1024 on one core.
 *
 * @param symmetric `[d, d]`; if its halves differ by rounding, their mean
 * is used.
 * @returns All d eigenpairs.
 */
export const eigenpairsOf = (symmetric: Float64Array): Eigenpairs => {
  const d = Math.sqrt(symmetric.length);
  const dense = Dense.zeros(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      dense.set(i, j, (symmetric[i * d + j]! + symmetric[j * d + i]!) / 2);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    dense,
    { assumeSymmetric: true },
  );
  const order = realEigenvalues.map((_, i) => i)
    .sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const vectors = matrix(d, d);
  order.forEach((column, i) => {
    row(vectors, i).set(upright(eigenvectorMatrix.getColumn(column)));
  });
  return {
    values: Float64Array.from(order, (column) => realEigenvalues[column]!),
    vectors,
  };
};

/**
 * Chooses the sign of a vector.
 *
 * @param vector Written to.
 * @returns The same vector, its component of largest magnitude positive.
 */
export const upright = <A extends number[] | Float32Array>(vector: A): A => {
  let largest = 0;
  for (let j = 1; j < vector.length; j++) {
    if (Math.abs(vector[j]!) > Math.abs(vector[largest]!)) largest = j;
  }
  if (vector[largest]! < 0) {
    for (let j = 0; j < vector.length; j++) vector[j] = -vector[j]!;
  }
  return vector;
};
