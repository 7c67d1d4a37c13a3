/**
 * What the E-step of k-means returns, in every implementation.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { BackendError } from "@deepcluster/gpu-backend";
import type { Effect, Scope } from "effect";
import type { ClusterMembers } from "../kmeans/average_clusters.ts";

/** The nearest centroid of each point. */
export interface Assignment {
  /**
   * `[n]`, from 0 to k - 1: the centroid at the smallest distance computed in
   * double precision, the lowest index of equal ones. The same in every layer.
   */
  readonly assignments: Int32Array;
  /** `[n]`, squared Euclidean distances to it, computed in double. */
  readonly distances: Float64Array;
}

/**
 * Assigns points, fixed beforehand, to `centroids` `[k, d]`, which are finite
 * and not written to; k and d are at least 1. The distances are valid until the
 * next assignment of these points, or the end of the scope: no caller needs
 * them longer every time. Fails with `BackendError`.
 */
export interface Assign {
  (centroids: Matrix): Effect.Effect<Assignment, BackendError>;
  /**
   * Averages the same points on the threads that assign them, as
   * `averageClusters` does in this one. Default: there are no such threads.
   */
  readonly average?: (
    members: ClusterMembers,
    centroids: Matrix,
  ) => Effect.Effect<void, BackendError>;
}

/** Prepares to assign points `[n, d]` repeatedly, until the scope is closed. */
export type PrepareAssign = (
  points: Matrix,
) => Effect.Effect<Assign, never, Scope.Scope>;
