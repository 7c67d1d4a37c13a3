/**
 * The E-step of k-means as a service, the only part that wants an accelerator:
 * one of the three seams.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Context, Effect, Layer } from "effect";
import { labellerOnBackend } from "./backend_assigner.ts";
import { squaredDistance, squaredDistances } from "./distances.ts";

/** Which centroid is nearest to each point. */
export interface Assignment {
  /** `[n]`, from 0 to k - 1; the lowest of equally near centroids. */
  readonly labels: Int32Array;
  /** `[n]`, squared Euclidean distances to it, computed in double. */
  readonly distances: Float64Array;
}

/** Finds the nearest of a few centroids for many points. */
export class Assigner extends Context.Service<Assigner, {
  /**
   * Assigns `points` `[n, d]` to `centroids` `[k, d]`, all finite, n, d and k
   * at least 1. Neither is written to.
   */
  readonly assign: (
    points: Matrix,
    centroids: Matrix,
  ) => Effect.Effect<Assignment, BackendError>;
}>()("@deepcluster/clustering/Assigner") {
  /** Plain TypeScript in double precision: slow and obviously right. */
  static readonly layerReference: Layer.Layer<Assigner> = Layer.succeed(
    Assigner,
    {
      assign: (points, centroids) =>
        Effect.sync(() =>
          assignment(points, centroids, nearest(points, centroids))
        ),
    },
  );

  /**
   * Matrix products on the {@link Backend}, in 32-bit floats: of two
   * centroids whose distances agree to about 1e-6 relative, either may win.
   */
  static readonly layerBackend: Layer.Layer<Assigner, never, Backend> = Layer
    .effect(
      Assigner,
      Effect.map(labellerOnBackend, (labelsOf) => ({
        assign: (points, centroids) =>
          Effect.map(
            labelsOf(points, centroids),
            (labels) => assignment(points, centroids, labels),
          ),
      })),
    );
}

const assignment = (
  points: Matrix,
  centroids: Matrix,
  labels: Int32Array,
): Assignment => ({
  labels,
  distances: squaredDistances(points, centroids, labels),
});

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
