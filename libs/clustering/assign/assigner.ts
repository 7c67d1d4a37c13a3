/**
 * The E-step of k-means as a service, the only part that wants an accelerator:
 * one of the seams.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Context, Effect, Layer, type Scope } from "effect";
import { squaredDistance, squaredDistances } from "./distances.ts";
import { assigningOnThreads } from "./threaded_assigner.ts";

/** Which centroid is nearest to each point. */
export interface Assignment {
  /**
   * `[n]`, from 0 to k - 1: the least distance as computed in double, the
   * lowest number of equal ones. The same in every layer.
   */
  readonly labels: Int32Array;
  /** `[n]`, squared Euclidean distances to it, computed in double. */
  readonly distances: Float64Array;
}

/**
 * Assigns points, fixed beforehand, to `centroids` `[k, d]`, which are finite
 * and not written to; k and d are at least 1.
 */
export type Assign = (
  centroids: Matrix,
) => Effect.Effect<Assignment, BackendError>;

const assigner = (
  of: (points: Matrix) => Effect.Effect<Assign, never, Scope.Scope>,
) => ({
  of,
  assign: (points: Matrix, centroids: Matrix) =>
    Effect.scoped(Effect.flatMap(of(points), (assign) => assign(centroids))),
});

/** Finds the nearest of a few centroids for many points. */
export class Assigner extends Context.Service<Assigner, {
  /**
   * Prepares to assign `points` `[n, d]`, finite, n and d at least 1, again
   * and again. They are not written to, and must not change until the last
   * assignment: what one found may save the next one work, but never changes
   * what it finds. What is held for that is let go with the scope.
   */
  readonly of: (
    points: Matrix,
  ) => Effect.Effect<Assign, never, Scope.Scope>;
  /** Assigns points once. */
  readonly assign: (
    points: Matrix,
    centroids: Matrix,
  ) => Effect.Effect<Assignment, BackendError>;
}>()("@deepcluster/clustering/Assigner") {
  /** Plain TypeScript in double precision: slow and obviously right. */
  static readonly layerReference: Layer.Layer<Assigner> = Layer.succeed(
    Assigner,
    assigner((points) =>
      Effect.succeed((centroids) =>
        Effect.sync(() => {
          const labels = nearest(points, centroids);
          const distances = squaredDistances(points, centroids, labels);
          return { labels, distances };
        })
      )
    ),
  );

  /**
   * Matrix products on the {@link Backend} rule centroids out; double
   * precision decides between the rest. One assignment at a time, large ones
   * on as many threads as the Backend has, where that is on the CPU.
   */
  static readonly layerBackend: Layer.Layer<Assigner, never, Backend> = Layer
    .effect(Assigner, Effect.map(assigningOnThreads(), assigner));
}

const nearest = (points: Matrix, centroids: Matrix): Int32Array => {
  const labels = new Int32Array(points.rows);
  for (let i = 0; i < points.rows; i++) {
    let least = Infinity;
    for (let c = 0; c < centroids.rows; c++) {
      const distance = squaredDistance(points, i, centroids, c);
      if (distance < least) {
        least = distance;
        labels[i] = c;
      }
    }
  }
  return labels;
};
