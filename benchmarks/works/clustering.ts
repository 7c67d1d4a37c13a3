/**
 * Assignment, whole k-means, and PCA-whitening.
 *
 * @module
 */
import {
  Assigner,
  type Assignment,
  kmeans as cluster,
  project,
  whiten as learn,
} from "@deepcluster/clustering";
import { draws, type Matrix, matrix, row, rowsOf } from "@deepcluster/core";
import { Effect } from "effect";
import { requireRight, type Work } from "../measure/work.ts";
import { seed } from "./networks.ts";
import { madeFeatures, type Structure, unitPoints } from "./points.ts";

/** Sizes of a clustering. */
export interface ClusteringSize {
  /** Points. */
  readonly n: number;
  /** Features. */
  readonly d: number;
  /** Clusters. */
  readonly k: number;
}

const show = ({ n, d, k }: ClusteringSize): string => `n=${n} d=${d} k=${k}`;

/**
 * One assignment of unstructured points to centroids that are some of them.
 *
 * Checked: for some points, no centroid is nearer than theirs.
 *
 * @param size See {@link ClusteringSize}.
 * @returns The work; its number is the sum of squared distances.
 */
export const assign = (size: ClusteringSize): Work => ({
  name: `assign ${show(size)}`,
  operations: 2 * size.n * size.k * size.d,
  open: Effect.gen(function* () {
    const { n, d, k } = size;
    const points = unitPoints(n, d, "unstructured");
    const centroids = matrix(k, d);
    draws(seed, "centroids").sample(k, n)
      .forEach((i, c) => row(centroids, c).set(row(points, i)));
    const { assign } = yield* Assigner;
    const found = yield* assign(points, centroids);
    yield* requireNearest(points, centroids, found);
    return { run: Effect.map(assign(points, centroids), lossOf) };
  }),
});

/**
 * Whole k-means.
 *
 * Checked: the loss never rises while no cluster is split, and the labels of
 * some points are those of the nearest centroids.
 *
 * @param size See {@link ClusteringSize}.
 * @param structure Whether there is anything to find.
 * @param iterations Lloyd iterations.
 * @returns The work; its number is the loss.
 */
export const kmeans = (
  size: ClusteringSize,
  structure: Structure,
  iterations: number,
): Work => ({
  name: `kmeans ${structure} ${show(size)} iterations=${iterations}`,
  operations: 2 * size.n * size.k * size.d * (iterations + 1),
  open: Effect.gen(function* () {
    const points = unitPoints(size.n, size.d, structure);
    const run = cluster(points, { k: size.k, iterations, seed });
    const { state, labels, loss } = yield* run;
    const losses = [...state.history.map((figures) => figures.loss), loss];
    const rise = state.history.findIndex(({ splits }, i) =>
      splits === 0 && losses[i + 1]! > losses[i]! * (1 + 1e-6)
    );
    yield* requireRight(rise < 0, () => `the loss rises: ${losses}`);
    yield* requireNearest(points, state.centroids, {
      labels,
      distances: new Float64Array(),
    });
    return { run: Effect.map(run, ({ loss }) => loss) };
  }),
});

/** Brute force, in double precision, for a few points. */
const requireNearest = Effect.fnUntraced(function* (
  points: Matrix,
  centroids: Matrix,
  { labels }: Assignment,
) {
  for (const i of draws(seed, "checked").sample(5, points.rows)) {
    const point = row(points, i);
    let least = Infinity;
    for (let c = 0; c < centroids.rows; c++) {
      least = Math.min(least, distance(point, row(centroids, c)));
    }
    const found = distance(point, row(centroids, labels[i]!));
    yield* requireRight(
      found <= least + 1e-5,
      () => `point ${i} is ${found} from its centroid, ${least} from another`,
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
 * Learning a whitening and applying it.
 *
 * Checked: the first components have variance 1 and no covariance.
 *
 * @param n Images.
 * @param d Features.
 * @param components Components kept.
 * @returns The work; its number is the share of variance explained. As
 * operations count those of covariance and projection.
 */
export const whiten = (n: number, d: number, components: number): Work => ({
  name: `whiten n=${n} d=${d} components=${components}`,
  operations: 2 * n * d * (d + components),
  open: Effect.gen(function* () {
    const rows = rowsOf(yield* madeFeatures(n, d));
    const run = Effect.gen(function* () {
      const whitening = yield* learn(rows, { components, seed });
      const points = yield* project(rows, whitening);
      return { points, explained: whitening.explained };
    });
    const { points } = yield* run;
    for (const [a, b] of [[0, 0], [0, 1], [1, 1], [3, 3], [2, 3]] as const) {
      const found = covariance(points, a, b);
      yield* requireRight(
        Math.abs(found - (a === b ? 1 : 0)) < 5e-3,
        () => `covariance of components ${a} and ${b} is ${found}`,
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
