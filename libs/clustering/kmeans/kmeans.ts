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
  /** Lloyd iterations, at least 0; 20, as in the authors' code, when absent. */
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

/** What one iteration found, before it moved the centroids. */
export interface IterationFigures {
  /** Sum of squared distances to the nearest centroid: equation 2 times n. */
  readonly loss: number;
  /** Clusters found empty, each of which was split off another one. */
  readonly splits: number;
  /** Share of points whose label changed; 1 in the first iteration. */
  readonly moved: number;
  /** `k Σ size² / n²`: 1 when all clusters are equally large, at most k. */
  readonly imbalance: number;
}

/** Everything the next iteration depends on, besides points and options. */
export interface KMeansState {
  /** `[k, d]`. */
  readonly centroids: Matrix;
  /** `[n]` labels of the latest iteration; `[0]` before the first. */
  readonly labels: Int32Array;
  /** Figures of each iteration so far. */
  readonly history: readonly IterationFigures[];
}

/** Groups of points. */
export interface Clustering {
  /** `[n]`, from 0 to k - 1: the nearest of the final centroids. */
  readonly labels: Int32Array;
  /** Sum of squared distances to the final centroids. */
  readonly loss: number;
  /** Final centroids and the figures of every iteration. */
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
 * Backend). Clusters that empty are split off others in the iteration that
 * finds them, but the final assignment can leave some empty: it does when
 * `points` holds fewer than `k` distinct rows.
 *
 * @param points Finite features, shape `[n, d]` with `n >= k` and `d >= 1`;
 * PCA-reduced, whitened and L2-normalised beforehand in the paper.
 * @param options See {@link KMeansOptions} and {@link KMeansSaving}.
 * @param from Resumes a run on the same points and options.
 * @returns The clusters, or `TooFewPointsError` when `n < k`, or
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
 * const { labels, loss } = Effect.runSync(
 *   kmeans(points, { k: 2, seed: 0 }).pipe(
 *     Effect.provide(Assigner.layerReference),
 *   ),
 * );
 * assert.equal(labels[0], labels[1]);
 * assert.equal(labels[2], labels[3]);
 * assert.notEqual(labels[0], labels[2]);
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
  yield* validate(points, options, from);
  const { iterations = 20, ...saving } = options;
  const { iterate, finish } = yield* lloyd(points, options);
  const end = yield* resumableLoop(from ?? start(points, options), {
    ...saving,
    done: ({ history }) => history.length >= iterations,
    // An iteration may take minutes, and changes nothing but the state.
    step: (state, interruptible) => interruptible(iterate(state)),
  });
  return yield* finish(end);
}, Effect.scoped);

/**
 * The state before the first iteration: `k` distinct points as centroids.
 *
 * @param points As for {@link kmeans}, and validated by it: `n >= k`.
 * @param options See {@link KMeansOptions}.
 * @returns A state without history.
 */
export const start = (points: Matrix, options: KMeansOptions): KMeansState => {
  const { k, seed } = options;
  const centroids = matrix(k, points.columns);
  draws(seed, "initial centroids").sample(k, points.rows)
    .forEach((point, c) => row(centroids, c).set(row(points, point)));
  return { centroids, labels: new Int32Array(0), history: [] };
};

/** The steps of one run, on the same points with the same options. */
export interface Lloyd {
  /**
   * One iteration: assign, average, split what is empty. The state is not
   * written to.
   */
  readonly iterate: (
    state: KMeansState,
  ) => Effect.Effect<KMeansState, BackendError>;
  /** Assigns every point to the nearest of the final centroids. */
  readonly finish: (
    state: KMeansState,
  ) => Effect.Effect<Clustering, BackendError>;
}

/**
 * Prepares the steps of a run, for those who save states in between;
 * {@link kmeans} is a loop around it.
 *
 * A step remembers bounds that save the next one work, until the scope is
 * closed. They are no part of the state, and without them every step finds the
 * same.
 *
 * @param points As for {@link kmeans}, and validated by it. They must not
 * change until the last step.
 * @param options As for {@link kmeans}.
 * @returns The steps.
 */
export const lloyd = Effect.fnUntraced(function* (
  points: Matrix,
  { k, seed }: KMeansOptions,
): Effect.fn.Return<Lloyd, never, Assigner | Scope.Scope> {
  const assign = yield* (yield* Assigner).of(points);
  return {
    iterate: Effect.fn("iterate")(function* (state: KMeansState) {
      const { labels, distances } = yield* assign(state.centroids);
      const sizes = sizesOf(labels, k);
      const imbalance = imbalanceOf(sizes);
      const centroids = meansOf(points, labels, sizes, knownMeans(state));
      const iteration = state.history.length;
      const splits = splitEmptyClusters(
        centroids,
        sizes,
        draws(seed, "split", iteration),
      );
      const moved = movedShare(state.labels, labels);
      const figures = { loss: sum(distances), splits, moved, imbalance };
      return { centroids, labels, history: [...state.history, figures] };
    }),
    finish: Effect.fn("finish")(function* (state: KMeansState) {
      const { labels, distances } = yield* assign(state.centroids);
      return { labels, loss: sum(distances), state };
    }),
  };
});

/** Centroids are means unless some were split, or none were computed yet. */
const knownMeans = (state: KMeansState): KMeansState | undefined =>
  state.history.at(-1)?.splits === 0 ? state : undefined;

/**
 * Checks what {@link kmeans} is given. For those who call {@link lloyd}
 * themselves.
 *
 * @param points As for {@link kmeans}.
 * @param options As for {@link kmeans}.
 * @param from As for {@link kmeans}.
 * @returns Nothing, or the errors of {@link kmeans} but the engine's.
 */
export const validate = Effect.fnUntraced(function* (
  points: Matrix,
  options: KMeansOptions,
  from?: KMeansState,
): Effect.fn.Return<
  void,
  | TooFewPointsError
  | NonFiniteFeatureError
  | OptionError
  | ForeignStateError
> {
  yield* requireCount("cluster", "k", options.k, 1);
  yield* requireCount("cluster", "iterations", options.iterations ?? 20, 0);
  if (points.rows < options.k) {
    return yield* new TooFewPointsError({ points: points.rows, k: options.k });
  }
  yield* requireCount("cluster", "features", points.columns, 1);
  if (from !== undefined) yield* requireOwnState(points, options, from);
  yield* requireFinite("cluster", points);
});

const requireOwnState = Effect.fnUntraced(function* (
  points: Matrix,
  { k }: KMeansOptions,
  { centroids, labels, history }: KMeansState,
) {
  const labelled = history.length === 0 ? 0 : points.rows;
  for (
    const [what, expected, actual] of [
      ["k", k, centroids.rows],
      ["features", points.columns, centroids.columns],
      ["points", labelled, labels.length],
    ] as const
  ) {
    if (expected !== actual) {
      return yield* new ForeignStateError({ what, expected, actual });
    }
  }
});

const movedShare = (before: Int32Array, after: Int32Array): number => {
  if (before.length === 0) return 1;
  let moved = 0;
  for (let i = 0; i < after.length; i++) {
    if (before[i] !== after[i]) moved++;
  }
  return moved / after.length;
};

const sum = (values: Float64Array): number =>
  values.reduce((total, value) => total + value, 0);
