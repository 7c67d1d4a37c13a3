/**
 * Our k-means and PCA-whitening.
 *
 * @module
 */
import { seed } from "@deepcluster/benchmarks/workloads";
import { applyWhitening, fitWhitening, kmeans } from "@deepcluster/clustering";
import { matrix, rowsOf, sharedMatrix } from "@deepcluster/core";
import { Effect } from "effect";
import { readFloats, readInto } from "../shared_files.ts";
import type { KMeansSpec, WhitenSpec } from "../specs.ts";
import type { OurWorkload } from "./workload.ts";

/**
 * k-means from the initial centroids of the request.
 *
 * @param spec See {@link KMeansSpec}.
 * @returns The workload; its value is the objective.
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
      ({ loss }) => [loss],
    );
    return { checked: [], run };
  });

/**
 * PCA-whitening, fitted and applied.
 *
 * @param spec See {@link WhitenSpec}.
 * @returns The workload; its value is the explained variance ratio.
 */
export const whiteningWorkload = (spec: WhitenSpec): OurWorkload =>
  Effect.gen(function* () {
    const features = yield* readFloats(spec.features);
    const rows = rowsOf(matrix(spec.n, spec.d, features));
    const run = Effect.gen(function* () {
      const { components } = spec;
      const whitening = yield* fitWhitening(rows, { components, seed });
      yield* applyWhitening(rows, whitening);
      return [whitening.explainedFraction];
    });
    return { checked: [], run };
  });
