/**
 * UMAP: points in the plane such that neighbours stay neighbours.
 *
 * Reference: L. McInnes, J. Healy and J. Melville, "UMAP: Uniform Manifold
 * Approximation and Projection for Dimension Reduction", 2018, algorithm 5,
 * with umap-learn's defaults except for the start, which is random. The same
 * draws give the positions of umap-js 1.4.0 to the last bit, in a third of the
 * time.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  type NonFiniteFeatureError,
  type OptionError,
  Progress,
  requireFinite,
  requireOption,
} from "@deepcluster/core";
import type { Neighbours } from "@deepcluster/neighbours";
import { Effect } from "effect";
import { fuzzyGraph } from "./fuzzy_graph.ts";
import { layOutInThread } from "./layout_thread.ts";

/** Options of {@link umap}. */
export interface UmapOptions {
  /** Names the draws: the start and which points repel each other. */
  readonly seed: number;
  /**
   * Passes over the neighbours. Default: 500 up to 2500 points, 400 to 5000,
   * 300 to 7500, then 200.
   */
  readonly epochs?: number;
}

const action = "lay out a map";

/**
 * Lays points out in the plane, given their nearest neighbours.
 *
 * Equal neighbours and options give the same bytes. Points that are equal to
 * more than k others are handled: all distances among them are 0. Progress is
 * reported as the phase `map`. The passes are made in a thread of their own, so
 * that others may run meanwhile; the layout can be interrupted.
 *
 * O(n k) time a pass; memory about 100 k bytes a point.
 *
 * @param neighbours The k nearest of the points for each of the points, as
 * `nearestNeighbours(rows, rows, k)` finds them, the point itself among them;
 * `2 <= k < n`. The cosine distance `1 - similarity` is used. As umap-learn
 * counts, k includes the point itself.
 * @param options See {@link UmapOptions}.
 * @returns `[n, 2]` positions; or `OptionError` when k is out of range, or
 * `NonFiniteFeatureError` when a similarity is NaN or infinite.
 *
 * @example Sixty points on a quarter of a circle
 * ```ts
 * import { matrix, Progress, rowsOf } from "@deepcluster/core";
 * import { layerReference } from "@deepcluster/gpu-backend";
 * import { umap } from "@deepcluster/manifold";
 * import { nearestNeighbours } from "@deepcluster/neighbours";
 * import { Effect, Layer } from "effect";
 * import assert from "node:assert/strict";
 *
 * const circle = Array.from({ length: 60 }, (_, i) => i / 38)
 *   .flatMap((angle) => [Math.cos(angle), Math.sin(angle)]);
 * const rows = rowsOf(matrix(60, 2, Float32Array.from(circle)));
 * const { data: xy } = await Effect.runPromise(
 *   nearestNeighbours(rows, rows, 8).pipe(
 *     Effect.flatMap((neighbours) => umap(neighbours, { seed: 1 })),
 *     Effect.provide(Layer.merge(layerReference, Progress.layerSilent)),
 *   ),
 * );
 * const apart = (i: number, j: number) =>
 *   Math.hypot(xy[2 * i]! - xy[2 * j]!, xy[2 * i + 1]! - xy[2 * j + 1]!);
 * assert.ok(apart(20, 21) < apart(20, 50));
 * ```
 */
export const umap: (
  neighbours: Neighbours,
  options: UmapOptions,
) => Effect.Effect<Matrix, OptionError | NonFiniteFeatureError, Progress> =
  Effect.fn("umap")(function* (neighbours, options) {
    const { k, indices, similarities } = neighbours;
    const n = indices.length / k;
    yield* requireOption(
      action,
      "k",
      `a whole number from 2 to one less than the ${n} points`,
      k,
      Number.isInteger(k) && k >= 2 && k < n,
    );
    yield* requireFinite(action, matrix(n, k, similarities));
    const { epochs = usualEpochs(n), seed } = options;
    const progress = yield* Progress;
    const report = (done: number) =>
      progress.report({ phase: "map", done, total: epochs, unit: "passes" });
    yield* report(0);
    const graph = fuzzyGraph(neighbours);
    const task = { points: n, epochs, seed };
    const positions = yield* layOutInThread(graph, task, report);
    return matrix(n, 2, Float32Array.from(positions));
  });

/** Fewer passes over more points, as umap-js does. */
const usualEpochs = (n: number): number => {
  if (n <= 2500) return 500;
  if (n <= 5000) return 400;
  return n <= 7500 ? 300 : 200;
};
