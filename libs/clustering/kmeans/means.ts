/**
 * The M-step of k-means.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import type { BackendError } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import type { Assign } from "../assign/assignment.ts";
import { averageClusters, type ClusterMembers } from "./average_clusters.ts";

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
 * of the points, `8 d` bytes beside `order`.
 *
 * @param points `[n, d]`.
 * @param assignments `[n]`, from 0 to k - 1.
 * @param sizes `[k]` points of each cluster.
 * @param known Saves the work for clusters with the same points in both; the
 * result does not depend on it.
 * @param average Averages the points on other threads. Default: in this one.
 * @param order `[n]`, written to: memory to sort the points in. Default: new
 * memory.
 * @returns `[k, d]`; zeros where a cluster is empty; or `BackendError` where
 * `average` fails.
 */
export const meansOf: (
  points: Matrix,
  assignments: Int32Array,
  sizes: Int32Array,
  known?: KnownMeans,
  average?: Assign["average"],
  order?: Int32Array,
) => Effect.Effect<Matrix, BackendError> = Effect.fnUntraced(function* (
  points,
  assignments,
  sizes,
  known,
  average = averageHere(points),
  order = new Int32Array(points.rows),
) {
  const { columns } = points;
  const centroids = matrix(sizes.length, columns);
  const members = membersOf(assignments, sizes, known?.assignments, order);
  if (known !== undefined) {
    members.changed.forEach((changed, cluster) => {
      if (changed === 1 || sizes[cluster] === 0) return;
      const from = cluster * columns;
      const mean = known.centroids.data.subarray(from, from + columns);
      centroids.data.set(mean, from);
    });
  }
  yield* average(members, centroids);
  return centroids;
});

const averageHere =
  (points: Matrix): NonNullable<Assign["average"]> => (members, centroids) =>
    Effect.sync(() => averageClusters(points, members, centroids));

/**
 * Sorts points by cluster.
 *
 * @param assignments `[n]`, from 0 to k - 1.
 * @param sizes `[k]` points of each cluster.
 * @param before `[n]` other assignments. Without them all clusters count as
 * changed.
 * @param order `[n]`, written to. Default: new memory.
 * @returns See {@link ClusterMembers}.
 */
export const membersOf = (
  assignments: Int32Array,
  sizes: Int32Array,
  before?: Int32Array,
  order: Int32Array = new Int32Array(assignments.length),
): ClusterMembers => {
  const k = sizes.length;
  const starts = new Int32Array(k + 1);
  for (let c = 0; c < k; c++) starts[c + 1] = starts[c]! + sizes[c]!;
  const next = starts.slice();
  for (let i = 0; i < assignments.length; i++) {
    order[next[assignments[i]!]!++] = i;
  }
  return { order, starts, changed: changedClusters(assignments, k, before) };
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
