/**
 * Rows of k-means and PCA-whitening.
 *
 * @module
 */
import {
  emojiPoints,
  randomFeatures,
  seed,
  type Structure,
  unitPoints,
} from "@deepcluster/benchmarks/workloads";
import { initialState } from "@deepcluster/clustering";
import { layerBackend } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import type { Baseline, Row } from "../row.ts";

/** The points that are clustered. */
type Points = Structure | "emoji";

/**
 * Objectives from the same initial centroids agree to a thousandth while no
 * cluster is empty. Clustered points leave empty clusters, which each library
 * refills in its own way.
 */
const tolerance: Readonly<Record<Points, number>> = {
  unstructured: 1e-3,
  clustered: 2e-2,
  emoji: 1e-2,
};

const pointsOf = (points: Points, n: number, d: number) =>
  points === "emoji"
    ? emojiPoints(n, d)
    : Effect.sync(() => unitPoints(n, d, points));

const kmeansRow = (
  points: Points,
  [n, d, k]: readonly [n: number, d: number, k: number],
  repeats: number,
  baselines: readonly Baseline[],
  iterations = 20,
): Row => ({
  name: `kmeans ${points} n=${n} d=${d} k=${k} iterations=${iterations}`,
  baselines,
  repeats,
  // The second value is the number of iterations.
  tolerances: [tolerance[points], 0],
  warmUp: false,
  prepare: async (files) => {
    const matrix = await Effect.runPromise(pointsOf(points, n, d));
    const { centroids } = initialState(matrix, { k, seed });
    return {
      kind: "kmeans",
      n,
      d,
      k,
      iterations,
      points: await files.numbers("points", matrix.data),
      centroids: await files.numbers("centroids", centroids.data),
    };
  },
});

/** Ours must explain as much variance as a randomised solver does. */
const whitenRow = (
  [n, d, components]: readonly [n: number, d: number, components: number],
  baseline: Baseline,
  rest: Pick<Row, "repeats" | "tolerances" | "higherIsBetter">,
): Row => ({
  name: `whiten n=${n} d=${d} components=${components} beside ${baseline}`,
  baselines: [baseline],
  ...rest,
  warmUp: false,
  prepare: async (files) => {
    const features = await Effect.runPromise(
      randomFeatures(n, d).pipe(Effect.provide(layerBackend())),
    );
    return {
      kind: "whiten",
      n,
      d,
      components,
      features: await files.numbers("features", features.data),
    };
  },
});

const others = ["faiss", "scikit-learn"] as const;

/**
 * The rows. scikit-learn stops when no assignment changes: on clustered points
 * after 8 iterations of 1000 clusters; with 10 000 clusters after 4, and on
 * emoji after 15. All do so many in its rows.
 */
export const clusteringRows: readonly Row[] = [
  kmeansRow("unstructured", [100_000, 256, 1000], 5, others),
  kmeansRow("emoji", [100_000, 256, 1000], 5, others),
  kmeansRow("clustered", [100_000, 256, 1000], 5, others, 8),
  kmeansRow("unstructured", [100_000, 256, 10_000], 1, others, 4),
  kmeansRow("unstructured", [100_000, 256, 10_000], 1, ["faiss"]),
  kmeansRow("emoji", [100_000, 256, 10_000], 1, others, 15),
  kmeansRow("emoji", [100_000, 256, 10_000], 1, ["faiss"]),
  kmeansRow("clustered", [100_000, 256, 10_000], 1, others, 4),
  kmeansRow("clustered", [5000, 64, 100], 5, ["ml-kmeans", ...others]),
  whitenRow([20_000, 4096, 256], "scikit-learn", {
    repeats: 5,
    tolerances: [1e-5],
    higherIsBetter: true,
  }),
  whitenRow([20_000, 4096, 256], "faiss", { repeats: 1, tolerances: [1e-3] }),
];
