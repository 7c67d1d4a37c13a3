/**
 * The clusters that lie near another.
 *
 * @module
 */
import { type Matrix, row } from "@deepcluster/core";

/**
 * Finds the clusters whose centroids are nearest to that of another.
 *
 * O(k · c) time.
 *
 * @param centroids `[k, c]`.
 * @param cluster Whose.
 * @param sizes Images of each cluster, `[k]`; empty ones are left out.
 * @param count How many, or all others when there are fewer.
 * @returns Clusters with the Euclidean distance of their centroids, the nearest
 * first, of equal ones the lower number.
 */
export const nearClusters = (
  centroids: Matrix,
  cluster: number,
  sizes: Int32Array,
  count: number,
): readonly { readonly cluster: number; readonly distance: number }[] => {
  const own = row(centroids, cluster);
  return Array.from({ length: centroids.rows }, (_, other) => other)
    .filter((other) => other !== cluster && sizes[other]! > 0)
    .map((other) => ({
      cluster: other,
      distance: distanceBetween(own, row(centroids, other)),
    }))
    .sort((a, b) => a.distance - b.distance || a.cluster - b.cluster)
    .slice(0, count);
};

const distanceBetween = (a: Float32Array, b: Float32Array): number => {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(square);
};
