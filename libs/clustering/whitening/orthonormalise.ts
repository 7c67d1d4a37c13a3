/**
 * Orthonormal bases by classical Gram-Schmidt, repeated where it cancelled.
 *
 * Reference: L. Giraud, J. Langou, M. Rozložník, "On the round-off error
 * analysis of the Gram-Schmidt algorithm with reorthogonalization", 2002:
 * twice is enough.
 *
 * @module
 */
import { type Matrix, row } from "@deepcluster/core";

/** A row that keeps a smaller fraction of its norm is orthogonalised again. */
const minRemainder = 0.5;

/**
 * A row that keeps a smaller fraction of its norm depends on those before it:
 * what is left is the rounding of 32-bit floats.
 */
export const rounding = 1e-5;

/**
 * Makes the rows of a matrix orthonormal, each within the span of itself and
 * those before it.
 *
 * O(m² d) time. Sums are double; rows end orthogonal to about 1e-7, the
 * rounding of their storage. A row of zeros stays as it is; one that depends
 * on earlier rows is replaced by a random direction.
 *
 * @param basis `[m, d]` with m at most d, written to.
 * @param normal Draws from the standard normal distribution.
 */
export const orthonormalise = (basis: Matrix, normal: () => number): void => {
  const vector = new Float64Array(basis.columns);
  const weights = new Float64Array(basis.rows);
  const orthogonalise = (rows: number): number => {
    project(vector, basis, rows, weights);
    subtract(vector, basis, rows, weights);
    return normalise(vector);
  };
  for (let i = 0; i < basis.rows; i++) {
    vector.set(row(basis, i));
    if (normalise(vector) === 0) continue;
    let remainder = orthogonalise(i);
    if (remainder < rounding) {
      for (let j = 0; j < vector.length; j++) vector[j] = normal();
      normalise(vector);
      remainder = orthogonalise(i);
    }
    if (remainder <= minRemainder) orthogonalise(i);
    row(basis, i).set(vector);
  }
};

/** Scales a vector to length 1 and returns the length it had. */
const normalise = (vector: Float64Array): number => {
  let squares = 0;
  for (let j = 0; j < vector.length; j++) squares += vector[j]! * vector[j]!;
  const length = Math.sqrt(squares);
  if (length > 0) {
    for (let j = 0; j < vector.length; j++) vector[j]! /= length;
  }
  return length;
};

/** Dot products with the first `count` rows, four in one pass. */
const project = (
  vector: Float64Array,
  { columns: d, data }: Matrix,
  count: number,
  weights: Float64Array,
): void => {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    let [w0, w1, w2, w3] = [0, 0, 0, 0];
    for (let j = 0, at = i * d; j < d; j++, at++) {
      const value = vector[j]!;
      w0 += value * data[at]!;
      w1 += value * data[at + d]!;
      w2 += value * data[at + 2 * d]!;
      w3 += value * data[at + 3 * d]!;
    }
    weights.set([w0, w1, w2, w3], i);
  }
  for (; i < count; i++) {
    let weight = 0;
    for (let j = 0; j < d; j++) weight += vector[j]! * data[i * d + j]!;
    weights[i] = weight;
  }
};

/** Subtracts `weights` times the first `count` rows, four in one pass. */
const subtract = (
  vector: Float64Array,
  { columns: d, data }: Matrix,
  count: number,
  weights: Float64Array,
): void => {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const w0 = weights[i]!;
    const w1 = weights[i + 1]!;
    const w2 = weights[i + 2]!;
    const w3 = weights[i + 3]!;
    for (let j = 0, at = i * d; j < d; j++, at++) {
      vector[j]! -= w0 * data[at]! + w1 * data[at + d]! +
        w2 * data[at + 2 * d]! + w3 * data[at + 3 * d]!;
    }
  }
  for (; i < count; i++) {
    const weight = weights[i]!;
    for (let j = 0; j < d; j++) vector[j]! -= weight * data[i * d + j]!;
  }
};
