/**
 * Means of clusters, computed by all threads of an assignment: each takes some
 * of the clusters, one part after the other, until none is left.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import {
  averageClusters,
  type ClusterMembers,
} from "../kmeans/average_clusters.ts";
import type { AllocateShared } from "./shared_memory.ts";
import { nextChunk, pointArrays, type SharedPoints } from "./shared_points.ts";

/** What the threads average, and where the means go. */
export interface SharedMeans {
  /** Number of clusters. */
  readonly k: number;
  /** Holds {@link MeansArrays}. */
  readonly memory: SharedArrayBuffer;
}

/** Views of {@link SharedMeans}. */
export interface MeansArrays extends ClusterMembers {
  /** `[k, d]`. */
  readonly centroids: Float32Array;
}

/** Parts that the clusters are cut into, so that threads end together. */
const parts = 64;

/**
 * Makes memory for the means of `k` clusters.
 *
 * @param shared The points.
 * @param k Number of clusters.
 * @param allocate Allocates the memory.
 * @returns Shared memory.
 */
export const shareMeans = (
  { n, d }: SharedPoints,
  k: number,
  allocate: AllocateShared,
): SharedMeans => ({ k, memory: allocate(4 * (n + k + 1 + k * d) + k) });

/**
 * Returns views of shared means.
 *
 * @param shared The points.
 * @param means The means.
 * @returns The arrays in their memory.
 */
export const meansArrays = (
  { n, d }: SharedPoints,
  { k, memory }: SharedMeans,
): MeansArrays => ({
  centroids: new Float32Array(memory, 0, k * d),
  order: new Int32Array(memory, 4 * k * d, n),
  starts: new Int32Array(memory, 4 * (k * d + n), k + 1),
  changed: new Uint8Array(memory, 4 * (k * d + n + k + 1), k),
});

/**
 * Averages parts of the clusters until all are taken.
 *
 * @param shared The points.
 * @param means Their means, written to.
 */
export const averageParts = (
  shared: SharedPoints,
  means: SharedMeans,
): void => {
  const { points, control } = pointArrays(shared);
  const { centroids, ...members } = meansArrays(shared, means);
  const matrixOf = (rows: number, data: Float32Array): Matrix => ({
    rows,
    columns: shared.d,
    data,
  });
  const all = matrixOf(shared.n, points);
  const averages = matrixOf(means.k, centroids);
  for (;;) {
    const part = Atomics.add(control, nextChunk, 1);
    if (part >= parts) return;
    averageClusters(all, members, averages, part, parts);
  }
};
