/**
 * Rows of k-means and PCA-whitening.
 *
 * @module
 */
import { start } from "@deepcluster/clustering";
import { Effect } from "effect";
import { layerBackend } from "@deepcluster/gpu-backend";
import { seed } from "../../works/networks.ts";
import {
  madeFeatures,
  type Structure,
  unitPoints,
} from "../../works/points.ts";
import type { Peer, Row } from "../row.ts";
import { realPoints } from "./real_points.ts";

/** What is clustered. */
type Points = Structure | "of real features";

/**
 * Objectives from the same start agree to a thousandth while no cluster empties.
 * In clustered points some do, and each library fills them in its own way.
 */
const agreement: Readonly<Record<Points, number>> = {
  unstructured: 1e-3,
  clustered: 2e-2,
  "of real features": 1e-2,
};

const pointsOf = (points: Points, n: number, d: number) =>
  points === "of real features"
    ? realPoints(n, d)
    : Effect.sync(() => unitPoints(n, d, points));

const kmeansRow = (
  structure: Points,
  [n, d, k]: readonly [n: number, d: number, k: number],
  repeats: number,
  peers: readonly Peer[],
): Row => ({
  name: `kmeans ${structure} n=${n} d=${d} k=${k} iterations=20`,
  peers,
  repeats,
  tolerances: [agreement[structure]],
  warm: false,
  prepare: async (shared) => {
    const points = await Effect.runPromise(pointsOf(structure, n, d));
    const { centroids } = start(points, { k, seed });
    return {
      kind: "kmeans",
      n,
      d,
      k,
      iterations: 20,
      points: await shared.numbers("points", points.data),
      centroids: await shared.numbers("centroids", centroids.data),
    };
  },
});

const whitenRow = (n: number, d: number, components: number): Row => ({
  name: `whiten n=${n} d=${d} components=${components}`,
  peers: ["faiss", "scikit-learn"],
  repeats: 2,
  // A randomised decomposition finds a little less.
  tolerances: [1e-3],
  warm: false,
  prepare: async (shared) => {
    const features = await Effect.runPromise(
      madeFeatures(n, d).pipe(Effect.provide(layerBackend())),
    );
    return {
      kind: "whiten",
      n,
      d,
      components,
      features: await shared.numbers("features", features.data),
    };
  },
});

/** The rows. */
export const clusteringRows: readonly Row[] = [
  kmeansRow("unstructured", [100_000, 256, 1000], 5, [
    "faiss",
    "scikit-learn",
  ]),
  kmeansRow("clustered", [100_000, 256, 1000], 5, ["faiss", "scikit-learn"]),
  kmeansRow("of real features", [100_000, 256, 1000], 5, [
    "faiss",
    "scikit-learn",
  ]),
  kmeansRow("unstructured", [100_000, 256, 10_000], 1, ["faiss"]),
  kmeansRow("of real features", [100_000, 256, 10_000], 1, ["faiss"]),
  kmeansRow("clustered", [100_000, 256, 10_000], 1, ["faiss"]),
  kmeansRow("clustered", [5000, 64, 100], 5, [
    "ml-kmeans",
    "faiss",
    "scikit-learn",
  ]),
  whitenRow(20_000, 4096, 256),
];
