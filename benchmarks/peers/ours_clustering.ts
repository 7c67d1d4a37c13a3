/**
 * Our side of clustering: k-means and PCA-whitening.
 *
 * @module
 */
import { kmeans, project, whiten } from "@deepcluster/clustering";
import { matrix, rowsOf, sharedMatrix } from "@deepcluster/core";
import { Effect } from "effect";
import { seed } from "../works/networks.ts";
import { readFloats, readInto } from "./data.ts";
import type { PeerWork } from "./peer_work.ts";
import type { KMeansSpec, WhitenSpec } from "./specs.ts";

/**
 * k-means from given centroids.
 *
 * @param spec See {@link KMeansSpec}.
 * @returns The work; its value is the objective.
 */
export const clusteringWork = (spec: KMeansSpec): PeerWork =>
  Effect.gen(function* () {
    const { n, d, k, iterations } = spec;
    const points = sharedMatrix(n, d);
    yield* readInto(spec.points, points.data);
    const centroids = matrix(k, d, yield* readFloats(spec.centroids));
    const from = { centroids, labels: new Int32Array(), history: [] };
    const run = Effect.map(
      kmeans(points, { k, iterations, seed }, from),
      ({ loss }) => [loss],
    );
    return { checked: [], run };
  });

/**
 * PCA-whitening, learned and applied.
 *
 * @param spec See {@link WhitenSpec}.
 * @returns The work; its value is the share of variance explained.
 */
export const whiteningWork = (spec: WhitenSpec): PeerWork =>
  Effect.gen(function* () {
    const features = yield* readFloats(spec.features);
    const rows = rowsOf(matrix(spec.n, spec.d, features));
    const run = Effect.gen(function* () {
      const { components } = spec;
      const whitening = yield* whiten(rows, { components, seed });
      yield* project(rows, whitening);
      return [whitening.explained];
    });
    return { checked: [], run };
  });
