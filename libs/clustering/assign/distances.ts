/**
 * Squared Euclidean distances in double precision.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";

/**
 * Computes the squared distance between a point and a centroid.
 *
 * @param points `[n, d]`.
 * @param point Index of the point.
 * @param centroids `[k, d]`.
 * @param centroid Index of the centroid.
 * @returns The sum of squared differences, at least 0, added up in four
 * independent partial sums.
 */
export const squaredDistance = (
  points: Matrix,
  point: number,
  centroids: Matrix,
  centroid: number,
): number => {
  const d = points.columns;
  const a = points.data;
  const b = centroids.data;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = point * d;
  let j = centroid * d;
  for (const end = i + d - d % 4; i < end; i += 4, j += 4) {
    const d0 = a[i]! - b[j]!;
    const d1 = a[i + 1]! - b[j + 1]!;
    const d2 = a[i + 2]! - b[j + 2]!;
    const d3 = a[i + 3]! - b[j + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (const end = (point + 1) * d; i < end; i++, j++) {
    const difference = a[i]! - b[j]!;
    s0 += difference * difference;
  }
  return s0 + s1 + (s2 + s3);
};
