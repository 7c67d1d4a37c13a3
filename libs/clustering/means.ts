/**
 * The M-step of k-means.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";

/**
 * The mean of each cluster's points.
 *
 * O(n * d) time; summed in double, `8 k d` bytes.
 *
 * @param points `[n, d]`.
 * @param labels `[n]`, from 0 to k - 1.
 * @param sizes `[k]` points of each cluster.
 * @returns `[k, d]`; zeros where a cluster is empty.
 */
export const meansOf = (
  points: Matrix,
  labels: Int32Array,
  sizes: Int32Array,
): Matrix => {
  const { rows: n, columns: d, data } = points;
  const sums = new Float64Array(sizes.length * d);
  for (let i = 0, at = 0; i < n; i++) {
    const first = labels[i]! * d;
    for (let to = first; to < first + d; to++, at++) sums[to]! += data[at]!;
  }
  const centroids = matrix(sizes.length, d);
  for (let cluster = 0, to = 0; cluster < sizes.length; cluster++) {
    const divisor = Math.max(1, sizes[cluster]!);
    for (let j = 0; j < d; j++, to++) centroids.data[to] = sums[to]! / divisor;
  }
  return centroids;
};
