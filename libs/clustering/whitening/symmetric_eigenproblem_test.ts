import { draws } from "@deepcluster/core";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import assert from "node:assert/strict";
import { solveSymmetric } from "./symmetric_eigenproblem.ts";

/** Sums of products of `m` random vectors. */
const covariance = (n: number, m: number): Float64Array => {
  const { normal } = draws(n, "vectors");
  const vectors = Float64Array.from({ length: m * n }, normal);
  const sums = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < m; k++) {
        sums[i * n + j]! += vectors[k * n + i]! * vectors[k * n + j]!;
      }
    }
  }
  return sums;
};

/** A diagonal with equal values, and one pair that is joined. */
const nearlyDiagonal = (n: number): Float64Array => {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = i % 3;
  matrix[1] = matrix[n] = 0.5;
  return matrix;
};

const cases: readonly (readonly [string, number, Float64Array])[] = [
  ["one number", 1, Float64Array.of(3)],
  ["two rows", 2, Float64Array.of(2, 1, 1, 2)],
  ["zeros", 6, new Float64Array(36)],
  ["equal values", 11, nearlyDiagonal(11)],
  ["full rank", 50, covariance(50, 80)],
  ["a third of the rank", 63, covariance(63, 21)],
];

for (const [name, n, matrix] of cases) {
  Deno.test(`solveSymmetric() has the bits of ml-matrix: ${name}`, () => {
    const rows = Array.from(
      { length: n },
      (_, i) => [...matrix.subarray(i * n, (i + 1) * n)],
    );
    const theirs = new EigenvalueDecomposition(new Matrix(rows), {
      assumeSymmetric: true,
    });
    const { values, vectors } = solveSymmetric(matrix.slice(), n);
    assert.deepEqual([...values], theirs.realEigenvalues);
    assert.deepEqual(
      Array.from(
        { length: n },
        (_, i) => [...vectors.subarray(i * n, (i + 1) * n)],
      ),
      theirs.eigenvectorMatrix.transpose().to2DArray(),
    );
  });
}
