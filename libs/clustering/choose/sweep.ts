/**
 * The same points clustered into several numbers of clusters, several times
 * each: figures that tell which numbers the data support.
 *
 * References: A. Ben-Hur, A. Elisseeff, I. Guyon, "A stability based method
 * for discovering structure in clustered data", 2002; T. Lange and others,
 * "Stability-based validation of clustering solutions", 2004; U. von Luxburg,
 * "Clustering stability: an overview", 2010; R. Tibshirani, G. Walther,
 * T. Hastie, "Estimating the number of clusters in a data set via the gap
 * statistic", 2001, for the comparison with points without structure.
 *
 * @module
 */
import { type Matrix, requireCount } from "@deepcluster/core";
import { clusterAgreement } from "@deepcluster/metrics";
import { Effect } from "effect";
import type { Assigner } from "../assign/assigner.ts";
import type { KMeansError } from "../kmeans/kmeans.ts";
import { imbalanceOf, sizesOf } from "../kmeans/sizes.ts";
import { clusterSample, type SampleClustering } from "./sample_clustering.ts";

/** Whose clusters: those of the data, or of points without structure. */
export type SweptPoints = "features" | "structureless";

/** One clustering of a sweep. */
export interface SweepStep {
  /** Which points. */
  readonly points: SweptPoints;
  /** Number of clusters. */
  readonly k: number;
  /** Number of the random part that is clustered, from 0. */
  readonly draw: number;
}

/** What {@link sweepClusters} needs besides the points. */
export interface SweepOptions<E = never, R = never> {
  /** Numbers of clusters to try, ascending, each at least 2. */
  readonly clusters: readonly number[];
  /** Clusterings of each number, at least 2. Default: 4. */
  readonly draws?: number;
  /** Starts of k-means, of which the best is kept. Default: 3. */
  readonly starts?: number;
  /** Lloyd iterations. Default: 20, as in training. */
  readonly iterations?: number;
  /** Names every random draw. */
  readonly seed: number;
  /** Class of each point, negative: none. For judging only. */
  readonly labels?: Int32Array;
  /**
   * Finds a clustering that was computed before, or computes and keeps it.
   * Default: computes it.
   */
  readonly cached?: (
    step: SweepStep,
    compute: Effect.Effect<SampleClustering, KMeansError, Assigner>,
  ) => Effect.Effect<SampleClustering, KMeansError | E, Assigner | R>;
  /**
   * Called before every clustering, and at the end, with what is done: the sum
   * of the numbers of clusters, which is what time goes with.
   */
  readonly onProgress?: (done: number, total: number) => Effect.Effect<void>;
}

/** Figures of one number of clusters. */
export interface SweepFigures {
  /** The number of clusters, k. */
  readonly clusters: number;
  /**
   * How far the clusterings agree: mean adjusted Rand index of all pairs; 1:
   * they are the same, 0: as by chance.
   */
  readonly agreement: number;
  /** That of the two clusterings that agree least. */
  readonly lowestAgreement: number;
  /** The mean for as many points of as many dimensions without structure. */
  readonly structurelessAgreement: number;
  /** Fraction of the variance of held-out points that clusters explain. */
  readonly explained: number;
  /** The same for points without structure. */
  readonly structurelessExplained: number;
  /** `k Σ size² / n²`: 1 when all clusters are equally large. */
  readonly imbalance: number;
  /** Points of the smallest cluster, in the mean. */
  readonly smallest: number;
  /** Agreement with labels, where there are any: never used for advice. */
  readonly labels?: {
    /** Mutual information, normalised as in the paper. */
    readonly nmi: number;
    /** Adjusted Rand index. */
    readonly adjustedRand: number;
    /** Fraction of points of the commonest class of their cluster. */
    readonly purity: number;
  };
}

/**
 * Clusters points and points without structure into each number of clusters.
 *
 * O(draws * starts * iterations * n * d * Σ k) time, twice; the clusterings of
 * one number in memory, and a copy of the points.
 *
 * @param points Whitened and normalised features `[n, d]`.
 * @param structureless As many points without structure, see
 * `structurelessPoints`.
 * @param options See {@link SweepOptions}.
 * @returns Figures, one for each number; or `OptionError`, or the errors of
 * k-means and of `cached`.
 */
export const sweepClusters: <E = never, R = never>(
  points: Matrix,
  structureless: Matrix,
  options: SweepOptions<E, R>,
) => Effect.Effect<
  readonly SweepFigures[],
  KMeansError | E,
  Assigner | R
> = Effect.fn("sweepClusters")(function* <E, R>(
  points: Matrix,
  structureless: Matrix,
  options: SweepOptions<E, R>,
) {
  const {
    clusters,
    draws = 4,
    starts = 3,
    iterations = 20,
    seed,
    cached = (_, compute) => compute,
    onProgress = () => Effect.void,
  } = options;
  yield* requireCount("sweep", "draws", draws, 2);
  yield* requireCount("sweep", "starts", starts, 1);
  const total = 2 * draws * clusters.reduce((sum, k) => sum + k, 0);
  let done = 0;
  const clusterings = Effect.fnUntraced(function* (
    name: SweptPoints,
    k: number,
  ) {
    const of = name === "features" ? points : structureless;
    const found: SampleClustering[] = [];
    for (let draw = 0; draw < draws; draw++) {
      yield* onProgress(done, total);
      found.push(
        yield* cached(
          { points: name, k, draw },
          clusterSample(of, { k, draw, starts, iterations, seed }),
        ),
      );
      done += k;
    }
    return found;
  });
  const figures: SweepFigures[] = [];
  for (const k of clusters) {
    yield* requireCount("sweep", "clusters", k, 2);
    const found = yield* clusterings("features", k);
    const chance = yield* clusterings("structureless", k);
    const agreements = yield* agreementsOf(found);
    const sizes = found.map(({ assignments }) => sizesOf(assignments, k));
    figures.push({
      clusters: k,
      agreement: mean(agreements),
      lowestAgreement: Math.min(...agreements),
      structurelessAgreement: mean(yield* agreementsOf(chance)),
      explained: mean(found.map((one) => one.heldOutExplained)),
      structurelessExplained: mean(chance.map((one) => one.heldOutExplained)),
      imbalance: mean(sizes.map(imbalanceOf)),
      smallest: mean(sizes.map((sizes) => Math.min(...sizes))),
      ...yield* judged(found, options.labels),
    });
  }
  yield* onProgress(total, total);
  return figures;
});

const agreementsOf = Effect.fnUntraced(function* (
  found: readonly SampleClustering[],
) {
  const agreements: number[] = [];
  for (const [at, { assignments }] of found.entries()) {
    for (const other of found.slice(at + 1)) {
      agreements.push(yield* adjustedRand(assignments, other.assignments));
    }
  }
  return agreements;
});

/** Every point is in a cluster, and both cluster the same points. */
const adjustedRand = (first: Int32Array, second: Int32Array) =>
  Effect.orDie(
    Effect.map(
      clusterAgreement(first, second),
      ({ adjustedRand }) => adjustedRand,
    ),
  );

const judged = Effect.fnUntraced(function* (
  found: readonly SampleClustering[],
  labels: Int32Array | undefined,
) {
  if (labels === undefined) return {};
  const figures = yield* Effect.orDie(
    Effect.forEach(
      found,
      ({ assignments }) => clusterAgreement(labels, assignments),
    ),
  );
  return {
    labels: {
      nmi: mean(figures.map(({ nmiGeometric }) => nmiGeometric)),
      adjustedRand: mean(figures.map(({ adjustedRand }) => adjustedRand)),
      purity: mean(figures.map(({ purity }) => purity)),
    },
  };
});

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
