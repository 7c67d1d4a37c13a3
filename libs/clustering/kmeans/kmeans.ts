/**
 * Lloyd's k-means: the clustering half of the alternation.
 *
 * Paper: section 3.2, equation 2; empty clusters as in section 3.3.
 * Reference: S. P. Lloyd, "Least squares quantization in PCM", 1982.
 *
 * @module
 */
import {
  draws,
  type Matrix,
  matrix,
  type NonFiniteFeatureError,
  type OptionError,
  requireCount,
  requireFinite,
  resumableLoop,
  row,
} from "@deepcluster/core";
import type { BackendError } from "@deepcluster/gpu-backend";
import { Effect, type Scope } from "effect";
import { Assigner } from "../assign/assigner.ts";
import { ForeignStateError, TooFewPointsError } from "../errors.ts";
import { splitEmptyClusters } from "./empty_clusters.ts";
import { meansOf } from "./means.ts";
import { imbalanceOf, sizesOf } from "./sizes.ts";

/** What {@link kmeans} needs besides the points. */
export interface KMeansOptions {
  /** Number of clusters, at least 1; the paper uses 10 000 on ImageNet. */
  readonly k: number;
  /** Lloyd iterations, at least 0. Default: 20, as in the authors' code. */
  readonly iterations?: number;
  /** Names every random draw: initial centroids and empty-cluster splits. */
  readonly seed: number;
}

/** How {@link kmeans} is watched and saved; nothing here changes its result. */
export interface KMeansSaving<E = never, R = never> {
  /** Saves a state to resume from; also called on interruption. */
  readonly save?: (state: KMeansState) => Effect.Effect<void, E, R>;
  /** Time between two saves. Default: five minutes. */
  readonly saveEveryMs?: number;
  /** Called with the first state and with the state after every iteration. */
  readonly onProgress?: (state: KMeansState) => Effect.Effect<void>;
}

/** Statistics of one iteration, before it moved the centroids. */
export interface IterationStats {
  /** Sum of squared distances to the nearest centroid: equation 2 times n. */
  readonly loss: number;
  /** Number of empty clusters, each of which was split off another one. */
  readonly splits: number;
  /** Fraction of points whose assignment changed; 1 in the first iteration. */
  readonly changedFraction: number;
  /** `k Σ size² / n²`: 1 when all clusters are equally large, at most k. */
  readonly imbalance: number;
}

/** Everything the next iteration depends on, besides points and options. */
export interface KMeansState {
  /** `[k, d]`. */
  readonly centroids: Matrix;
  /** `[n]` assignments of the latest iteration; `[0]` before the first. */
  readonly assignments: Int32Array;
  /** Statistics of each iteration so far. */
  readonly history: readonly IterationStats[];
}

/** The result of {@link kmeans}. */
export interface Clustering {
  /** `[n]`, from 0 to k - 1: the nearest of the final centroids. */
  readonly assignments: Int32Array;
  /** `[n]` squared distances to those. */
  readonly distances: Float64Array;
  /** Their sum. */
  readonly loss: number;
  /** Final centroids and the statistics of every iteration. */
  readonly state: KMeansState;
}

/** What {@link kmeans} can fail with, besides the errors of `save`. */
export type KMeansError =
  | BackendError
  | ForeignStateError
  | NonFiniteFeatureError
  | OptionError
  | TooFewPointsError;

/**
 * Clusters `points` into `k` groups.
 *
 * O(iterations * n * k * d) time, O(n + k * d) memory beyond the input. Bitwise
 * repeatable for one seed and one Assigner layer (and thread count of its
 * Backend). Each iteration splits the clusters that became empty off others,
 * but the final assignment can leave some empty: it does when `points` holds
 * fewer than `k` distinct rows.
 *
 * @param points Finite features, shape `[n, d]` with `n >= k` and `d >= 1`;
 * PCA-reduced, whitened and L2-normalised beforehand in the paper.
 * @param options See {@link KMeansOptions} and {@link KMeansSaving}.
 * @param from Resumes a run on the same points and options.
 * @returns The clustering, or `TooFewPointsError` when `n < k`, or
 * `NonFiniteFeatureError` when a feature is NaN or infinite, or
 * `OptionError` when an option breaks its rule, or
 * `ForeignStateError` when `from` has other sizes, or `BackendError` when the
 * engine fails, or the errors of `save`.
 *
 * @example Two well separated pairs
 * ```ts
 * import { Assigner, kmeans } from "@deepcluster/clustering";
 * import { matrix } from "@deepcluster/core";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const points = matrix(4, 1, Float32Array.of(0, 1, 10, 11));
 * const { assignments, loss } = Effect.runSync(
 *   kmeans(points, { k: 2, seed: 0 }).pipe(
 *     Effect.provide(Assigner.layerReference),
 *   ),
 * );
 * assert.equal(assignments[0], assignments[1]);
 * assert.equal(assignments[2], assignments[3]);
 * assert.notEqual(assignments[0], assignments[2]);
 * assert.equal(loss, 1);
 * ```
 */
export const kmeans: <E = never, R = never>(
  points: Matrix,
  options: KMeansOptions & KMeansSaving<E, R>,
  from?: KMeansState,
) => Effect.Effect<Clustering, KMeansError | E, Assigner | R> = Effect.fn(
  "kmeans",
)(function* <E, R>(
  points: Matrix,
  options: KMeansOptions & KMeansSaving<E, R>,
  from?: KMeansState,
) {
  yield* requireValid(points, options, from);
  const { iterations = 20, ...saving } = options;
  const { iterate, finish } = yield* lloydSteps(points, options);
  const end = yield* resumableLoop(from ?? initialState(points, options), {
    ...saving,
    done: ({ history }) => history.length >= iterations,
    // An iteration may take minutes, and changes nothing but the state.
    step: (state, interruptible) => interruptible(iterate(state)),
  });
  return yield* finish(end);
}, Effect.scoped);

/**
 * Returns the state before the first iteration: `k` distinct random points as
 * centroids.
 *
 * @param points As for {@link kmeans}, and validated by it: `n >= k`.
 * @param options See {@link KMeansOptions}.
 * @returns A state without history.
 */
export const initialState = (
  points: Matrix,
  { k, seed }: KMeansOptions,
): KMeansState => {
  const centroids = matrix(k, points.columns);
  draws(seed, "initial centroids").sample(k, points.rows)
    .forEach((point, c) => row(centroids, c).set(row(points, point)));
  return { centroids, assignments: new Int32Array(0), history: [] };
};

/** The steps of one run of k-means, on the same points and options. */
export interface LloydSteps {
  /**
   * Runs one iteration: assigns, averages, splits what is empty. The state is
   * not written to. Fails with `BackendError`.
   */
  readonly iterate: (
    state: KMeansState,
  ) => Effect.Effect<KMeansState, BackendError>;
  /**
   * Assigns every point to the nearest of the final centroids. Fails with
   * `BackendError`.
   */
  readonly finish: (
    state: KMeansState,
  ) => Effect.Effect<Clustering, BackendError>;
}

/**
 * Prepares the steps of a run; {@link kmeans} is a loop around them.
 *
 * Until the scope is closed, each step keeps bounds that save the next one
 * work. They are not part of the state, and results do not depend on them.
 *
 * @param points As for {@link kmeans}, and validated by it. They must not
 * change until the last step.
 * @param options As for {@link kmeans}.
 * @returns The steps.
 */
export const lloydSteps: (
  points: Matrix,
  options: KMeansOptions,
) => Effect.Effect<LloydSteps, never, Assigner | Scope.Scope> = Effect
  .fnUntraced(function* (points, { k, seed }) {
    const assign = yield* (yield* Assigner).prepare(points);
    const order = new Int32Array(points.rows);
    return {
      iterate: Effect.fn("iterate")(function* (state: KMeansState) {
        const { assignments, distances } = yield* assign(state.centroids);
        const sizes = sizesOf(assignments, k);
        const imbalance = imbalanceOf(sizes);
        const centroids = yield* meansOf(
          points,
          assignments,
          sizes,
          knownMeans(state),
          assign.average,
          order,
        );
        const iteration = state.history.length;
        const splits = splitEmptyClusters(
          centroids,
          sizes,
          draws(seed, "split", iteration),
        );
        const changedFraction = changed(state.assignments, assignments);
        const loss = sum(distances);
        const stats = { loss, splits, changedFraction, imbalance };
        return { centroids, assignments, history: [...state.history, stats] };
      }),
      finish: Effect.fn("finish")(function* (state: KMeansState) {
        const assigned = yield* assign(state.centroids);
        const distances = assigned.distances.slice();
        return { ...assigned, distances, loss: sum(distances), state };
      }),
    };
  });

/** Centroids are means unless some were split, or none were computed yet. */
const knownMeans = (state: KMeansState): KMeansState | undefined =>
  state.history.at(-1)?.splits === 0 ? state : undefined;

const requireValid = Effect.fnUntraced(
  function* (
    points: Matrix,
    options: KMeansOptions,
    from?: KMeansState,
  ): Effect.fn.Return<void, Exclude<KMeansError, BackendError>> {
    const { k, iterations = 20 } = options;
    yield* requireCount("cluster", "k", k, 1);
    yield* requireCount("cluster", "iterations", iterations, 0);
    if (points.rows < k) {
      return yield* new TooFewPointsError({ points: points.rows, k });
    }
    yield* requireCount("cluster", "features", points.columns, 1);
    if (from !== undefined) yield* requireSameSizes(points, options, from);
    yield* requireFinite("cluster", points);
  },
);

const requireSameSizes = Effect.fnUntraced(function* (
  points: Matrix,
  { k }: KMeansOptions,
  { centroids, assignments, history }: KMeansState,
) {
  const assigned = history.length === 0 ? 0 : points.rows;
  for (
    const [what, expected, actual] of [
      ["k", k, centroids.rows],
      ["features", points.columns, centroids.columns],
      ["points", assigned, assignments.length],
    ] as const
  ) {
    if (expected !== actual) {
      return yield* new ForeignStateError({ what, expected, actual });
    }
  }
});

const changed = (before: Int32Array, after: Int32Array): number => {
  if (before.length === 0) return 1;
  let count = 0;
  for (let i = 0; i < after.length; i++) {
    if (before[i] !== after[i]) count++;
  }
  return count / after.length;
};

const sum = (values: Float64Array): number => {
  let total = 0;
  // An iterator would allocate a result for each.
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};
