/**
 * Means of clusters, each summed in the order of the points, so that threads can
 * share the clusters and the sums stay the same. It imports no other module, so
 * that threads load it fast.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";

/** Which points to average for each cluster. */
export interface ClusterMembers {
  /** `[n]`: points by cluster, in ascending order within each. */
  readonly order: Int32Array;
  /** `[k + 1]`: where the points of each cluster begin in `order`. */
  readonly starts: Int32Array;
  /** `[k]`: 1 for every cluster that gained or lost a point. */
  readonly changed: Uint8Array;
}

/**
 * Averages the points of some of the clusters: of those that changed and have
 * points, every `parts`-th.
 *
 * @param points `[n, d]`.
 * @param members See {@link ClusterMembers}.
 * @param centroids `[k, d]`; receives the means.
 * @param part Index of the first cluster. Default: 0.
 * @param parts Default: 1, for all clusters.
 */
export const averageClusters = (
  points: Matrix,
  { order, starts, changed }: ClusterMembers,
  centroids: Matrix,
  part = 0,
  parts = 1,
): void => {
  const { rows: k, columns: d, data } = centroids;
  const sums = new Float64Array(d);
  for (let cluster = part; cluster < k; cluster += parts) {
    const start = starts[cluster]!;
    const end = starts[cluster + 1]!;
    if (changed[cluster] === 0 || start === end) continue;
    sums.fill(0);
    addRows(sums, points, order.subarray(start, end));
    const mean = cluster * d;
    const size = end - start;
    for (let j = 0; j < d; j++) data[mean + j] = sums[j]! / size;
  }
};

/** Adds points in order, eight in one pass over the sums: so many are fetched at once. */
const addRows = (
  sums: Float64Array,
  { columns: d, data }: Matrix,
  rows: Int32Array,
): void => {
  let r = 0;
  for (; r + 8 <= rows.length; r += 8) {
    const a = rows[r]! * d;
    const b = rows[r + 1]! * d;
    const c = rows[r + 2]! * d;
    const e = rows[r + 3]! * d;
    const f = rows[r + 4]! * d;
    const g = rows[r + 5]! * d;
    const h = rows[r + 6]! * d;
    const i = rows[r + 7]! * d;
    for (let j = 0; j < d; j++) {
      sums[j] = sums[j]! + data[a + j]! + data[b + j]! + data[c + j]! +
        data[e + j]! + data[f + j]! + data[g + j]! + data[h + j]! +
        data[i + j]!;
    }
  }
  for (; r < rows.length; r++) {
    const at = rows[r]! * d;
    for (let j = 0; j < d; j++) sums[j]! += data[at + j]!;
  }
};
