/**
 * Workloads of clustering: assignment, k-means and PCA-whitening.
 *
 * @module
 */
import {
  applyWhitening,
  Assigner,
  type Assignment,
  fitWhitening,
  kmeans as cluster,
} from "@deepcluster/clustering";
import { draws, type Matrix, matrix, row, rowsOf } from "@deepcluster/core";
import { Effect } from "effect";
import { requireCorrect, type Workload } from "../measure/workload.ts";
import { seed } from "./networks.ts";
import { randomFeatures, type Structure, unitPoints } from "./points.ts";

/** Sizes of a clustering. */
export interface ClusteringSize {
  /** Number of points. */
  readonly n: number;
  /** Features of a point. */
  readonly d: number;
  /** Number of clusters. */
  readonly k: number;
}

const show = ({ n, d, k }: ClusteringSize): string => `n=${n} d=${d} k=${k}`;

/**
 * One assignment of unstructured points to centroids that are some of them.
 *
 * Check: for some points, no centroid is nearer than theirs.
 *
 * @param size See {@link ClusteringSize}.
 * @returns The workload; its number is the sum of squared distances.
 */
export const assign = (size: ClusteringSize): Workload => ({
  name: `assign ${show(size)}`,
  operations: 2 * size.n * size.k * size.d,
  prepare: Effect.gen(function* () {
    const { n, d, k } = size;
    const points = unitPoints(n, d, "unstructured");
    const centroids = matrix(k, d);
    draws(seed, "centroids").sample(k, n)
      .forEach((i, c) => row(centroids, c).set(row(points, i)));
    const { assign } = yield* Assigner;
    yield* requireNearest(
      points,
      centroids,
      yield* assign(points, centroids),
    );
    return { run: Effect.map(assign(points, centroids), lossOf) };
  }),
});

/**
 * k-means from random centroids.
 *
 * Check: the loss never rises while no cluster is split, and some points are assigned
 * to their nearest centroids.
 *
 * @param size See {@link ClusteringSize}.
 * @param structure Whether the points lie in groups.
 * @param iterations Lloyd iterations.
 * @returns The workload; its number is the loss.
 */
export const kmeans = (
  size: ClusteringSize,
  structure: Structure,
  iterations: number,
): Workload => ({
  name: `kmeans ${structure} ${show(size)} iterations=${iterations}`,
  operations: 2 * size.n * size.k * size.d * (iterations + 1),
  prepare: Effect.gen(function* () {
    const points = unitPoints(size.n, size.d, structure);
    const run = cluster(points, { k: size.k, iterations, seed });
    const { state, assignments, loss } = yield* run;
    const losses = [...state.history.map((figures) => figures.loss), loss];
    const rise = state.history.findIndex(({ splits }, i) =>
      splits === 0 && losses[i + 1]! > losses[i]! * (1 + 1e-6)
    );
    yield* requireCorrect(rise < 0, () => `the loss rises: ${losses}`);
    yield* requireNearest(points, state.centroids, {
      assignments,
      distances: new Float64Array(),
    });
    return { run: Effect.map(run, ({ loss }) => loss) };
  }),
});

/** Brute force, in double precision, for a few points. */
const requireNearest = Effect.fnUntraced(function* (
  points: Matrix,
  centroids: Matrix,
  { assignments }: Assignment,
) {
  for (const i of draws(seed, "checked").sample(5, points.rows)) {
    const point = row(points, i);
    let minDistance = Infinity;
    for (let c = 0; c < centroids.rows; c++) {
      minDistance = Math.min(minDistance, distance(point, row(centroids, c)));
    }
    const actual = distance(point, row(centroids, assignments[i]!));
    yield* requireCorrect(
      actual <= minDistance + 1e-5,
      () =>
        `point ${i} is ${actual} from its centroid, ` +
        `${minDistance} from another`,
    );
  }
});

const distance = (a: Float32Array, b: Float32Array): number => {
  let squares = 0;
  for (let j = 0; j < a.length; j++) squares += (a[j]! - b[j]!) ** 2;
  return squares;
};

const lossOf = ({ distances }: Assignment): number =>
  distances.reduce((sum, value) => sum + value, 0);

/**
 * Fits a whitening and applies it.
 *
 * Check: the first components have variance 1 and no covariance.
 *
 * @param n Number of images.
 * @param d Features of an image.
 * @param components Principal components.
 * @returns The workload; its number is the explained variance ratio. Its
 * operations are those of the covariance and the projection.
 */
export const whiten = (n: number, d: number, components: number): Workload => ({
  name: `whiten n=${n} d=${d} components=${components}`,
  operations: 2 * n * d * (d + components),
  prepare: Effect.gen(function* () {
    const rows = rowsOf(yield* randomFeatures(n, d));
    const run = Effect.gen(function* () {
      const whitening = yield* fitWhitening(rows, { components, seed });
      const points = yield* applyWhitening(rows, whitening);
      return { points, explained: whitening.explainedFraction };
    });
    const { points } = yield* run;
    for (const [a, b] of [[0, 0], [0, 1], [1, 1], [3, 3], [2, 3]] as const) {
      const value = covariance(points, a, b);
      yield* requireCorrect(
        Math.abs(value - (a === b ? 1 : 0)) < 5e-3,
        () => `covariance of components ${a} and ${b} is ${value}`,
      );
    }
    return { run: Effect.map(run, ({ explained }) => explained) };
  }),
});

const covariance = (
  { rows, columns, data }: Matrix,
  a: number,
  b: number,
): number => {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    sum += data[i * columns + a]! * data[i * columns + b]!;
  }
  return sum / (rows - 1);
};
