/**
 * UMAP: points in the plane such that neighbours stay neighbours.
 *
 * Reference: L. McInnes, J. Healy and J. Melville, "UMAP: Uniform Manifold
 * Approximation and Projection for Dimension Reduction", 2018; umap-js, with
 * umap-learn's defaults except for the start, which is random.
 *
 * @module
 */
import {
  draws,
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
import type { UMAP } from "umap-js";

/** Options of {@link umap}. */
export interface UmapOptions {
  /** Names the draws: the start and which points repel each other. */
  readonly seed: number;
  /**
   * Passes over the neighbours. Default: 500 up to 2500 points, 400 to 5000,
   * 300 to 7500, then 200.
   */
  readonly epochs?: number;
  /**
   * Distance in the plane at which neighbours cease to attract each other.
   * Default: 0.1.
   */
  readonly minDistance?: number;
}

const action = "lay out a map";

/**
 * Lays points out in the plane, given their nearest neighbours.
 *
 * Equal neighbours and options give the same bytes. Points that are equal to
 * more than k others are handled: all distances among them are 0. Progress is
 * reported as the phase `map`; between two passes others may run, and the
 * layout can be interrupted. The preparation before the first pass is one
 * piece, about two fifths of the time of 12 000 points.
 *
 * O(n k) time a pass; memory about 3 kB a point.
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
    // Loaded when it is first needed: most commands draw no map.
    const { UMAP } = yield* Effect.promise(() => import("umap-js"));
    const { epochs = 0, minDistance = 0.1, seed } = options;
    const layout = new UMAP({
      nNeighbors: k,
      nEpochs: epochs,
      minDist: minDistance,
      random: draws(seed, "umap").uniform,
    });
    const graph = distancesOf(neighbours, n);
    layout.setPrecomputedKNN(graph.indices, graph.distances);
    // With a given graph the points themselves are only counted.
    const total = layout.initializeFit(
      Array.from({ length: n }, () => [0, 0]),
    );
    yield* runToEnd(layout, total);
    const positions = matrix(n, 2);
    for (const [i, [x, y]] of layout.getEmbedding().entries()) {
      positions.data.set([x!, y!], 2 * i);
    }
    return positions;
  });

const runToEnd = Effect.fnUntraced(function* (layout: UMAP, total: number) {
  const progress = yield* Progress;
  let done = 0;
  while (done < total) {
    yield* progress.report({ phase: "map", done, total, unit: "passes" });
    yield* Effect.yieldNow;
    done = layout.step();
  }
  yield* progress.report({ phase: "map", done, total, unit: "passes" });
});

/**
 * The graph as UMAP wants it: each point first among its own neighbours, at
 * distance 0. Of a point that has more than k equal ones it may not be among
 * the k nearest; it then takes the place of the last.
 */
const distancesOf = (
  { k, indices, similarities }: Neighbours,
  n: number,
): { indices: number[][]; distances: number[][] } => {
  const graph = { indices: [] as number[][], distances: [] as number[][] };
  for (let i = 0; i < n; i++) {
    const ranks = [i];
    const distances = [0];
    for (let j = i * k; j < i * k + k && ranks.length < k; j++) {
      if (indices[j] === i) continue;
      ranks.push(indices[j]!);
      distances.push(Math.max(0, 1 - similarities[j]!));
    }
    // Neighbours that are all as near as the nearest are joined with strength
    // 1, at whatever distance. At 0 the library would take the mean over all
    // points for each such point: quadratic time.
    if (!distances.some((distance) => distance > 0)) distances.fill(1, 1);
    graph.indices.push(ranks);
    graph.distances.push(distances);
  }
  return graph;
};
