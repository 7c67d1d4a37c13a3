/**
 * The E-step of k-means as a service: one of the seams. An accelerator is
 * needed here and nowhere else in k-means.
 *
 * The fast layer's algorithm is described in `threaded_assigner.ts`.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Context, Effect, Layer } from "effect";
import type { Assignment, PrepareAssign } from "./assignment.ts";
import { referenceAssign } from "./reference_assigner.ts";
import { makeThreadedAssigner } from "./threaded_assigner.ts";

/** Finds the nearest centroid of each point. */
export class Assigner extends Context.Service<Assigner, {
  /**
   * Prepares to assign `points` `[n, d]`, finite, n and d at least 1, to
   * changing centroids. The points are not written to and must not change
   * until the last assignment. An assignment may reuse what the previous one
   * computed, but its result never depends on that. Everything held for this
   * is released with the scope.
   */
  readonly prepare: PrepareAssign;
  /** Assigns points once. Fails with `BackendError`. */
  readonly assign: (
    points: Matrix,
    centroids: Matrix,
  ) => Effect.Effect<Assignment, BackendError>;
}>()("@deepcluster/clustering/Assigner") {
  /** Plain loops in double precision: slow and obviously right. */
  static readonly layerReference: Layer.Layer<Assigner> = Layer.sync(
    Assigner,
    () => assignerOf((points) => Effect.succeed(referenceAssign(points))),
  );

  /**
   * Matrix products on the {@link Backend} discard most centroids; the rest
   * are compared in double precision. Assignments run one at a time, large
   * ones on as many threads as the Backend has if it runs on the CPU.
   */
  static readonly layerBackend: Layer.Layer<Assigner, never, Backend> = Layer
    .effect(
      Assigner,
      Effect.map(makeThreadedAssigner(), (prepare) => assignerOf(prepare)),
    );
}

const assignerOf = (
  prepare: PrepareAssign,
): Assigner["Service"] => ({
  prepare,
  assign: (points, centroids) =>
    prepare(points).pipe(
      Effect.flatMap((assign) => assign(centroids)),
      Effect.map(({ assignments, distances }) => ({
        assignments,
        distances: distances.slice(),
      })),
      Effect.scoped,
    ),
});
