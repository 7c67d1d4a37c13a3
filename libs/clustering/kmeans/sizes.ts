/**
 * Cluster sizes, and how unequal they are.
 *
 * @module
 */

/**
 * Counts the points of each cluster.
 *
 * @param assignments `[n]`, from 0 to k - 1.
 * @param k Number of clusters.
 * @returns `[k]` counts.
 */
export const sizesOf = (assignments: Int32Array, k: number): Int32Array => {
  const sizes = new Int32Array(k);
  for (let i = 0; i < assignments.length; i++) sizes[assignments[i]!]!++;
  return sizes;
};

/**
 * Computes the imbalance factor of faiss: `k Σ size² / n²`.
 *
 * @param sizes `[k]` points of each cluster, at least one in total.
 * @returns 1 when all clusters are equally large, k when one holds all.
 */
export const imbalanceOf = (sizes: Int32Array): number => {
  let points = 0;
  let squares = 0;
  for (const size of sizes) {
    points += size;
    squares += size * size;
  }
  return sizes.length * squares / (points * points);
};
