/**
 * Points placed on a map of centroids: what a map of a million images is.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import type { Neighbours } from "@deepcluster/neighbours";

/** Nearest centroids that a point is placed by, where there are as many. */
export const placingCentroids = 5;

/**
 * Places each point at the weighted mean of its nearest centroids.
 *
 * The weights are a softmax of the similarities, with e^-3 of the nearest's
 * weight for the last one; equal weights where all are equally near.
 *
 * @param nearest The nearest centroids of each of n points, as
 * `nearestNeighbours(points, centroids, placingCentroids)` finds them.
 * @param centroids `[k, 2]` positions of the centroids.
 * @returns `[n, 2]` positions.
 *
 * @example Halfway between two that are equally near
 * ```ts
 * import { matrix } from "@deepcluster/core";
 * import { placeByCentroids } from "@deepcluster/manifold";
 * import assert from "node:assert/strict";
 *
 * const nearest = {
 *   k: 2,
 *   indices: Int32Array.of(1, 0),
 *   similarities: Float32Array.of(0.5, 0.5),
 * };
 * const centroids = matrix(2, 2, Float32Array.of(0, 0, 4, 2));
 * assert.deepEqual([...placeByCentroids(nearest, centroids).data], [2, 1]);
 * ```
 */
export const placeByCentroids = (
  { k, indices, similarities }: Neighbours,
  centroids: Matrix,
): Matrix => {
  const n = indices.length / k;
  const positions = matrix(n, 2);
  for (let i = 0; i < n; i++) {
    const first = similarities[i * k]!;
    const spread = first - similarities[i * k + k - 1]!;
    let [x, y, total] = [0, 0, 0];
    for (let j = i * k; j < i * k + k; j++) {
      const gap = first - similarities[j]!;
      const weight = spread > 0 ? Math.exp(-3 * gap / spread) : 1;
      x += weight * centroids.data[2 * indices[j]!]!;
      y += weight * centroids.data[2 * indices[j]! + 1]!;
      total += weight;
    }
    positions.data.set([x / total, y / total], 2 * i);
  }
  return positions;
};
