/**
 * Rows brought to length 1.
 *
 * @module
 */
import { type Matrix, row } from "@deepcluster/core";

/**
 * Divides each row by its L2 norm, in place. A row of zeros stays one.
 *
 * @param m `[n, d]`; changed.
 * @returns The same matrix.
 */
export const normaliseRows = (m: Matrix): Matrix => {
  for (let i = 0; i < m.rows; i++) {
    const values = row(m, i);
    let square = 0;
    for (const value of values) square += value * value;
    const norm = Math.sqrt(square);
    if (norm === 0) continue;
    for (let j = 0; j < values.length; j++) values[j] = values[j]! / norm;
  }
  return m;
};
