/**
 * Squared Euclidean distances in double precision.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";

/**
 * Between a row of one matrix and a row of another.
 *
 * @param points `[n, d]`.
 * @param row Which point.
 * @param centroids `[k, d]`.
 * @param cluster Which centroid.
 * @returns The sum of squared differences, at least 0, added up in four
 * threads that do not wait for one another.
 */
export const squaredDistance = (
  points: Matrix,
  row: number,
  centroids: Matrix,
  cluster: number,
): number => {
  const d = points.columns;
  const a = points.data;
  const b = centroids.data;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = row * d;
  let j = cluster * d;
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
  for (const end = (row + 1) * d; i < end; i++, j++) {
    const difference = a[i]! - b[j]!;
    s0 += difference * difference;
  }
  return s0 + s1 + (s2 + s3);
};

/**
 * Between every point and the centroid that it is assigned to.
 *
 * @param points `[n, d]`.
 * @param centroids `[k, d]`.
 * @param labels `[n]`, from 0 to k - 1.
 * @returns `[n]`.
 */
export const squaredDistances = (
  points: Matrix,
  centroids: Matrix,
  labels: Int32Array,
): Float64Array => {
  const distances = new Float64Array(points.rows);
  for (let i = 0; i < points.rows; i++) {
    distances[i] = squaredDistance(points, i, centroids, labels[i]!);
  }
  return distances;
};
