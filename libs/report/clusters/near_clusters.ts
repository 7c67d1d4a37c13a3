/**
 * The clusters that lie near another.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";

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
  const distances = distancesFrom(centroids, cluster);
  const nearest: number[] = [];
  for (let other = 0; other < distances.length; other++) {
    if (other === cluster || sizes[other] === 0) continue;
    let rank = nearest.length;
    while (rank > 0 && distances[nearest[rank - 1]!]! > distances[other]!) {
      rank--;
    }
    if (rank >= count) continue;
    nearest.splice(rank, 0, other);
    if (nearest.length > count) nearest.pop();
  }
  return nearest.map((other) => ({
    cluster: other,
    distance: distances[other]!,
  }));
};

/** Distances of all centroids to one of them. */
const distancesFrom = (
  { rows, columns, data }: Matrix,
  cluster: number,
): Float64Array => {
  const distances = new Float64Array(rows);
  const own = cluster * columns;
  for (let other = 0, at = 0; other < rows; other++) {
    let square = 0;
    for (let i = 0; i < columns; i++, at++) {
      const difference = data[own + i]! - data[at]!;
      square += difference * difference;
    }
    distances[other] = Math.sqrt(square);
  }
  return distances;
};
