/**
 * Our k-means and PCA-whitening.
 *
 * @module
 */
import {
  applyWhitening,
  fitWhitening,
  kmeans,
  type Whitening,
} from "@deepcluster/clustering";
import { type Matrix, matrix, rowsOf, sharedMatrix } from "@deepcluster/core";
import { Effect } from "effect";
import { readFloats, readInto } from "../shared_files.ts";
import type { KMeansSpec, WhitenSpec } from "../specs.ts";
import type { OurWorkload } from "./workload.ts";

/** Of the draws: where empty clusters are split off, and whitening begins. */
const seed = 1;

/**
 * k-means from the initial centroids of the request.
 *
 * @param spec See {@link KMeansSpec}.
 * @returns The workload; its values are the objective and the number of
 * iterations.
 */
export const clusteringWorkload = (spec: KMeansSpec): OurWorkload =>
  Effect.gen(function* () {
    const { n, d, k, iterations } = spec;
    const points = sharedMatrix(n, d);
    yield* readInto(spec.points, points.data);
    const centroids = matrix(k, d, yield* readFloats(spec.centroids));
    const from = { centroids, assignments: new Int32Array(), history: [] };
    const run = Effect.map(
      kmeans(points, { k, iterations, seed }, from),
      ({ loss, state }) => () => [loss, state.history.length],
    );
    return { checked: [], run };
  });

/**
 * PCA-whitening, fitted and applied.
 *
 * @param spec See {@link WhitenSpec}.
 * @returns The workload; its value is the explained variance ratio, computed
 * from the result as in `baselines/python/whitening.py`.
 */
export const whiteningWorkload = (spec: WhitenSpec): OurWorkload =>
  Effect.gen(function* () {
    const features = yield* readFloats(spec.features);
    const rows = rowsOf(matrix(spec.n, spec.d, features));
    const run = Effect.gen(function* () {
      const { components } = spec;
      const whitening = yield* fitWhitening(rows, { components, seed });
      const whitened = yield* applyWhitening(rows, whitening);
      return () => [explainedRatio(features, whitened, whitening)];
    });
    return { checked: [], run };
  });

/**
 * The variance of the components before they were scaled, relative to that of
 * the features.
 */
const explainedRatio = (
  features: Float32Array,
  whitened: Matrix,
  { mean, projection }: Whitening,
): number => {
  const squaredNorms = squaresOf(projection.data, projection.columns);
  const squares = squaresOf(whitened.data, whitened.columns);
  const explained = squares.reduce(
    (sum, value, i) => sum + value / squaredNorms[i]!,
    0,
  );
  let total = 0;
  for (const value of squaresOf(features, mean.length, mean)) total += value;
  return explained / total;
};

/** The sum of squares of every column, about its mean if that is given. */
const squaresOf = (
  data: Float32Array,
  columns: number,
  mean?: Float32Array,
): Float64Array => {
  const sums = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) {
    const j = i % columns;
    sums[j]! += (data[i]! - (mean?.[j] ?? 0)) ** 2;
  }
  return sums;
};
