/**
 * Points in two dimensions that stand for features: all of them laid out by
 * UMAP, or, where they are too many, placed by their nearest centroids; then
 * turned so that the longest direction lies across.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  type Progress,
  type RowReader,
  rowsOf,
} from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  nearestNeighbours,
  type NeighboursError,
} from "@deepcluster/neighbours";
import { Effect } from "effect";
import { alignAxes } from "./align_axes.ts";
import { placeByCentroids, placingCentroids } from "./place_by_centroids.ts";
import { type Trustworthiness, trustworthiness } from "./trustworthiness.ts";
import { umap } from "./umap.ts";

/** Where each image lies in the plane, and how far to trust it. */
export interface Embedding extends Partial<Trustworthiness> {
  /**
   * `umap`: every point was laid out; `centroids`: the centroids were, and the
   * points were placed by the ones nearest to them.
   */
  readonly kind: "umap" | "centroids";
  /** `[n, 2]`. */
  readonly positions: Matrix;
  /** Names the draws. */
  readonly seed: number;
}

/**
 * Version of the positions: a change of the code that changes a position for
 * the same features raises it.
 */
export const embeddingVersion = 2;

/**
 * Neighbours of each point that a map keeps together, as umap-learn counts:
 * the point itself is one of them.
 */
export const defaultNeighbours = 15;

/**
 * Lays features out by UMAP on their exact neighbours by cosine similarity.
 *
 * O(n^2 d) time for the neighbours, O(n) for the layout: 12 000 points of 512
 * features take about eight seconds on two cores.
 *
 * @param features `[n, d]` finite rows.
 * @param seed Names the draws.
 * @returns The map. One or two points lie side by side, as nothing can be said
 * of them, and without a trustworthiness. Or `NonFiniteFeatureError`, the
 * errors of reading rows, or of the engine.
 */
export const embed: <E = never>(
  features: RowReader<E>,
  seed: number,
) => Effect.Effect<Embedding, E | NeighboursError, Backend | Progress> = Effect
  .fn("embed")(function* <E = never>(features: RowReader<E>, seed: number) {
    const positions = alignAxes(yield* layOut(features, seed));
    const measure = yield* measured(features, positions, seed);
    return { kind: "umap" as const, positions, seed, ...measure };
  });

/**
 * Lays centroids out by UMAP and places points by their nearest ones.
 *
 * @param points `[n, d]` finite rows, in the space of the centroids.
 * @param centroids `[k, d]` finite rows.
 * @param features `[n, e]` finite rows by which the trustworthiness is
 * measured.
 * @param seed Names the draws.
 * @returns The map of the points; or the errors of {@link embed}, also when
 * the rows are not as wide.
 */
export const embedByCentroids: <E = never>(
  points: RowReader<E>,
  centroids: Matrix,
  features: RowReader<E>,
  seed: number,
) => Effect.Effect<Embedding, E | NeighboursError, Backend | Progress> = Effect
  .fn("embedByCentroids")(function* <E = never>(
    points: RowReader<E>,
    centroids: Matrix,
    features: RowReader<E>,
    seed: number,
  ) {
    const places = yield* layOut(rowsOf(centroids), seed);
    const nearest = yield* nearestNeighbours(
      points,
      rowsOf(centroids),
      Math.min(placingCentroids, centroids.rows),
    );
    const positions = alignAxes(placeByCentroids(nearest, places));
    const measure = yield* measured(features, positions, seed);
    return { kind: "centroids" as const, positions, seed, ...measure };
  });

const layOut = Effect.fnUntraced(function* <E>(
  features: RowReader<E>,
  seed: number,
) {
  const n = features.rows;
  if (n < 3) {
    return matrix(n, 2, Float32Array.of(0, 0, 1, 0).subarray(0, 2 * n));
  }
  const k = Math.min(defaultNeighbours, n - 1);
  return yield* umap(yield* nearestNeighbours(features, features, k), { seed });
});

const measured = Effect.fnUntraced(function* <E>(
  features: RowReader<E>,
  positions: Matrix,
  seed: number,
) {
  const neighbours = Math.min(15, Math.ceil(features.rows / 2) - 1);
  return neighbours < 1
    ? {}
    : yield* trustworthiness(features, positions, { neighbours, seed });
});
