/**
 * Points for the tests, made from named draws.
 *
 * @module
 */
import { draws, type Matrix, matrix } from "@deepcluster/core";
import assert from "node:assert/strict";

/**
 * Points from the standard normal distribution.
 *
 * @param name Names the draws.
 * @param n Number of points.
 * @param d Number of features.
 * @returns `[n, d]`.
 */
export const normalPoints = (name: string, n: number, d: number): Matrix => {
  const { normal } = draws(0, name);
  return matrix(n, d, new Float32Array(n * d).map(normal));
};

/**
 * The same features by a function of row and column.
 *
 * @param n Number of points.
 * @param d Number of features.
 * @param feature Value at a row and column.
 * @returns `[n, d]`.
 */
export const pointsBy = (
  n: number,
  d: number,
  feature: (row: number, column: number) => number,
): Matrix =>
  matrix(
    n,
    d,
    new Float32Array(n * d).map((_, at) => feature(Math.floor(at / d), at % d)),
  );

/**
 * Asserts that the covariance of the columns is the identity.
 *
 * @param points `[n, c]`.
 * @param tolerance Largest allowed difference of an element.
 */
export const assertWhite = (
  { rows: n, columns: c, data }: Matrix,
  tolerance = 1e-3,
): void => {
  for (let a = 0; a < c; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += data[i * c + a]! * data[i * c + b]!;
      const found = sum / (n - 1);
      assert.ok(
        Math.abs(found - (a === b ? 1 : 0)) < tolerance,
        `${a} ${b} ${found}`,
      );
    }
  }
};
