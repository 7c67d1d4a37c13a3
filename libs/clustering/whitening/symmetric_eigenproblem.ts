/**
 * All eigenvalues and eigenvectors of a symmetric matrix, in double.
 *
 * Householder reduction to a tridiagonal matrix, then QL iterations with
 * implicit shifts. The sums of ml-matrix 6.15.1 in the same order, so the same
 * bits, on a typed array: its `get` and `set` took half of the time.
 *
 * Reference: EISPACK's `tred2` and `tql2`, as in JAMA.
 *
 * @module
 */
import { diagonalise } from "./diagonalise.ts";
import { accumulate, tridiagonalise } from "./tridiagonalise.ts";

/** Eigenvalues and eigenvectors, ascending. */
export interface SymmetricEigenpairs {
  /** `[n]`. */
  readonly values: Float64Array;
  /** `[n, n]`, row-major: each row an eigenvector of length 1. */
  readonly vectors: Float64Array;
}

/**
 * Solves a symmetric eigenproblem.
 *
 * O(n³) time; the same bits at each call.
 *
 * @param matrix `[n, n]`, symmetric; written over.
 * @param n Rows and columns, at least 1.
 * @returns All n eigenpairs; `vectors` is the memory of `matrix`.
 */
export const solveSymmetric = (
  matrix: Float64Array,
  n: number,
): SymmetricEigenpairs => {
  const values = new Float64Array(n);
  const beside = new Float64Array(n);
  tridiagonalise(matrix, n, values, beside);
  accumulate(matrix, n, values);
  beside.copyWithin(0, 1);
  beside[n - 1] = 0;
  diagonalise({
    vectors: matrix,
    n,
    values,
    beside,
    sines: new Float64Array(n),
    cosines: new Float64Array(n),
  });
  sortAscending(matrix, n, values);
  return { values, vectors: matrix };
};

/** Sorts as `tql2` does: equal values keep the order of its exchanges. */
const sortAscending = (v: Float64Array, n: number, d: Float64Array): void => {
  for (let i = 0; i < n - 1; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) if (d[j]! < d[least]!) least = j;
    if (least === i) continue;
    [d[i], d[least]] = [d[least]!, d[i]!];
    const row = v.slice(i * n, (i + 1) * n);
    v.copyWithin(i * n, least * n, (least + 1) * n);
    v.set(row, least * n);
  }
};
