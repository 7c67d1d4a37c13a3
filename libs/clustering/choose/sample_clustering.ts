/**
 * k-means of a random part of the points, which the other points then join:
 * two of these agree when the clusters are in the data, and not in the draw.
 *
 * Reference: T. Lange, V. Roth, M. L. Braun, J. M. Buhmann, "Stability-based
 * validation of clustering solutions", 2004.
 *
 * @module
 */
import { draws, type Matrix, row, sharedMatrix } from "@deepcluster/core";
import type { BackendError } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { Assigner } from "../assign/assigner.ts";
import { type Clustering, kmeans, type KMeansError } from "../kmeans/kmeans.ts";

/** Which part is clustered, and how. */
export interface SampleOptions {
  /** Number of clusters, at most 0.8 times the number of points. */
  readonly k: number;
  /** Number of the part, from 0; the same one for every k. */
  readonly draw: number;
  /** k-means are run this often, and the one of least loss is kept. */
  readonly starts: number;
  /** Lloyd iterations of each. */
  readonly iterations: number;
  /** Names every random draw. */
  readonly seed: number;
}

/** Clusters of a part of the points, and where the others belong. */
export interface SampleClustering {
  /** `[n]` nearest centroid of every point, from 0 to k - 1. */
  readonly assignments: Int32Array;
  /** Fraction of the variance of the points held out that the clusters explain. */
  readonly heldOutExplained: number;
}

/** Fraction of the points that is clustered; the others are held out. */
export const clusteredFraction = 0.8;

/**
 * Clusters four fifths of the points and assigns all of them.
 *
 * O(starts * iterations * n * k * d) time, a copy of the points in memory.
 * Repeatable as k-means is.
 *
 * @param points Finite features `[n, d]`.
 * @param options See {@link SampleOptions}.
 * @returns The clusters, or the errors of k-means.
 */
export const clusterSample: (
  points: Matrix,
  options: SampleOptions,
) => Effect.Effect<SampleClustering, KMeansError | BackendError, Assigner> =
  Effect.fn("clusterSample")(function* (
    points: Matrix,
    { k, draw, starts, iterations, seed }: SampleOptions,
  ) {
    const order = draws(seed, "sample", draw).sample(points.rows, points.rows);
    const clustered = Math.floor(points.rows * clusteredFraction);
    const sample = rowsAt(points, order.subarray(0, clustered).toSorted());
    let best: Clustering | undefined;
    for (let start = 0; start < starts; start++) {
      const found = yield* kmeans(sample, {
        k,
        iterations,
        seed: draws(seed, "start", k, draw, start).integer(2 ** 32),
      });
      if (best === undefined || found.loss < best.loss) best = found;
    }
    const { assign } = yield* Assigner;
    const { assignments, distances } = yield* assign(
      points,
      best!.state.centroids,
    );
    const heldOut = order.subarray(clustered);
    let loss = 0;
    for (const point of heldOut) loss += distances[point]!;
    return {
      assignments,
      heldOutExplained: 1 - loss / scatterOf(points, heldOut, meanOf(sample)),
    };
  });

const rowsAt = (points: Matrix, rows: Int32Array): Matrix => {
  const copy = sharedMatrix(rows.length, points.columns);
  rows.forEach((from, to) => row(copy, to).set(row(points, from)));
  return copy;
};

const meanOf = (points: Matrix): Float64Array => {
  const mean = new Float64Array(points.columns);
  for (let i = 0; i < points.rows; i++) {
    row(points, i).forEach((value, j) => mean[j]! += value / points.rows);
  }
  return mean;
};

/** Sum of squared distances to a point. */
const scatterOf = (
  points: Matrix,
  rows: Int32Array,
  centre: Float64Array,
): number => {
  let sum = 0;
  for (const i of rows) {
    row(points, i).forEach((value, j) => sum += (value - centre[j]!) ** 2);
  }
  return sum;
};
