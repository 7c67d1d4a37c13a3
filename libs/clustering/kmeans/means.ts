/**
 * The M-step of k-means.
 *
 * @module
 */
import { type Matrix, matrix, row } from "@deepcluster/core";

/** Means known from other assignments of the same points. */
export interface KnownMeans {
  /** `[k, d]`: the exact result of {@link meansOf} for `assignments`. */
  readonly centroids: Matrix;
  /** `[n]`. */
  readonly assignments: Int32Array;
}

/**
 * Averages the points of each cluster.
 *
 * O(n * d) time, less where means are known; summed in double, in the order
 * of the points, `4 n + 8 d` bytes.
 *
 * @param points `[n, d]`.
 * @param assignments `[n]`, from 0 to k - 1.
 * @param sizes `[k]` points of each cluster.
 * @param known Saves the work for clusters with the same points in both; the
 * result does not depend on it.
 * @returns `[k, d]`; zeros where a cluster is empty.
 */
export const meansOf = (
  points: Matrix,
  assignments: Int32Array,
  sizes: Int32Array,
  known?: KnownMeans,
): Matrix => {
  const d = points.columns;
  const centroids = matrix(sizes.length, d);
  const changed = changedClusters(
    assignments,
    sizes.length,
    known?.assignments,
  );
  const { order, starts } = groupByCluster(assignments, sizes);
  const sums = new Float64Array(d);
  sizes.forEach((size, cluster) => {
    if (size === 0) return;
    const mean = row(centroids, cluster);
    if (changed[cluster] === 0) {
      mean.set(row(known!.centroids, cluster));
      return;
    }
    sums.fill(0);
    const start = starts[cluster]!;
    addRows(sums, points, order.subarray(start, start + size));
    for (let j = 0; j < d; j++) mean[j] = sums[j]! / size;
  });
  return centroids;
};

/** 1 for every cluster that gained or lost a point. */
const changedClusters = (
  assignments: Int32Array,
  k: number,
  before: Int32Array | undefined,
): Uint8Array => {
  if (before === undefined) return new Uint8Array(k).fill(1);
  const changed = new Uint8Array(k);
  for (let i = 0; i < assignments.length; i++) {
    if (assignments[i] === before[i]) continue;
    changed[assignments[i]!] = changed[before[i]!] = 1;
  }
  return changed;
};

/** Sorts points by cluster, in ascending order within each. */
const groupByCluster = (assignments: Int32Array, sizes: Int32Array) => {
  const starts = new Int32Array(sizes.length);
  for (let c = 1; c < sizes.length; c++) {
    starts[c] = starts[c - 1]! + sizes[c - 1]!;
  }
  const next = starts.slice();
  const order = new Int32Array(assignments.length);
  for (let i = 0; i < assignments.length; i++) {
    order[next[assignments[i]!]!++] = i;
  }
  return { order, starts };
};

/** Adds points in order, four in one pass over the sums. */
const addRows = (
  sums: Float64Array,
  { columns: d, data }: Matrix,
  rows: Int32Array,
): void => {
  let r = 0;
  for (; r + 4 <= rows.length; r += 4) {
    const a = rows[r]! * d;
    const b = rows[r + 1]! * d;
    const c = rows[r + 2]! * d;
    const e = rows[r + 3]! * d;
    for (let j = 0; j < d; j++) {
      sums[j] = sums[j]! + data[a + j]! + data[b + j]! + data[c + j]! +
        data[e + j]!;
    }
  }
  for (; r < rows.length; r++) {
    const at = rows[r]! * d;
    for (let j = 0; j < d; j++) sums[j]! += data[at + j]!;
  }
};
