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
 * @returns The sum of squared differences, at least 0.
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
  let sum = 0;
  for (let i = row * d, j = cluster * d; i < (row + 1) * d; i++, j++) {
    const difference = a[i]! - b[j]!;
    sum += difference * difference;
  }
  return sum;
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
