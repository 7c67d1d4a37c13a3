/**
 * Dot products in double precision: the scores of all searches.
 *
 * @module
 */

/**
 * Computes the dot product of `a` from `i` on and `b` from `j` on.
 *
 * The same on every machine, and for equal rows.
 *
 * @param a Row-major values.
 * @param i Where the first factor begins.
 * @param b Row-major values.
 * @param j Where the second factor begins.
 * @param d Number of values of each.
 * @returns The sum of products, added up in four independent partial sums.
 */
export const dot = (
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  d: number,
): number => {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const end = i + d;
  for (const four = end - d % 4; i < four; i += 4, j += 4) {
    s0 += a[i]! * b[j]!;
    s1 += a[i + 1]! * b[j + 1]!;
    s2 += a[i + 2]! * b[j + 2]!;
    s3 += a[i + 3]! * b[j + 3]!;
  }
  for (; i < end; i++, j++) s0 += a[i]! * b[j]!;
  return s0 + s1 + (s2 + s3);
};
