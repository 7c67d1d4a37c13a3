/**
 * Weighted nearest neighbours: what features are worth without any training.
 *
 * Reference: Z. Wu, Y. Xiong, S. X. Yu, D. Lin, "Unsupervised Feature Learning
 * via Non-Parametric Instance Discrimination", 2018, section 3.4: cosine
 * similarity s, each of the k nearest training images votes for its class with
 * weight exp(s / temperature). Not in the paper.
 *
 * @module
 */
import {
  type NonFiniteFeatureError,
  type OptionError,
  requireCount,
  requireOption,
} from "@deepcluster/core";
import {
  type Labelled,
  type LabelledError,
  requireTest,
  requireTraining,
} from "@deepcluster/features";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import {
  bestOf,
  rankOf,
  type Skipped,
  topAccuracy,
} from "@deepcluster/metrics";
import { nearestNeighbours, type Neighbours } from "@deepcluster/neighbours";
import { Effect } from "effect";
import { TooFewNeighboursError } from "../errors.ts";
import { defaultTemperature } from "../defaults.ts";

/** How {@link knn} votes; all may be left out. */
export interface KnnOptions {
  /** Numbers of neighbours, each at least 1. Default: {@link defaultNeighbours}. */
  readonly k?: readonly number[];
  /** Above 0; the smaller, the more the nearest count. Default: 0.07. */
  readonly temperature?: number;
  /** Memory for blocks of features. Default: 256 MiB. */
  readonly memoryBytes?: number;
}

/**
 * The numbers of neighbours where nothing is asked for: 20 and 200, as far as
 * they are at most half of the training images, since the vote of most images is
 * hardly one of neighbours; 5 when there are fewer than 40, 1 when there are
 * fewer than 5.
 *
 * @param images Number of training images.
 * @returns The numbers, and those of 20 and 200 that were left out.
 *
 * @example Forty training images
 * ```ts
 * import { defaultNeighbours } from "@deepcluster/evaluation";
 * import assert from "node:assert/strict";
 *
 * const { k, skipped } = defaultNeighbours(40);
 * assert.deepEqual(k, [20]);
 * assert.deepEqual(skipped, [
 *   { what: "knn, k = 200", reason: "more than half of 40 training images" },
 * ]);
 * ```
 */
export const defaultNeighbours = (
  images: number,
): { readonly k: readonly number[]; readonly skipped: readonly Skipped[] } => {
  const usual = [20, 200];
  const there = usual.filter((k) => 2 * k <= images);
  const k = there.length > 0 ? there : [images >= 5 ? 5 : 1];
  const instead = there.length > 0 ? "" : `, so k = ${k[0]}`;
  return {
    k,
    skipped: usual.filter((k) => 2 * k > images).map((k) => ({
      what: `knn, k = ${k}`,
      reason: `more than half of ${images} training images${instead}`,
    })),
  };
};

/** Errors of {@link knn}, beside those of reading features. */
export type KnnError =
  | LabelledError
  | TooFewNeighboursError
  | OptionError
  | NonFiniteFeatureError
  | BackendError;

/** Accuracy with one number of neighbours. */
export interface KnnResult {
  /** Number of neighbours. */
  readonly k: number;
  /** Fraction of test images whose class has most votes. */
  readonly top1: number;
  /** Fraction whose class is among the first five; absent up to 5 classes. */
  readonly top5?: number;
  /** Class with most votes, the first of equals, for each test image. */
  readonly predictions: Int32Array;
  /** Classes ranked before the right one, for each test image. */
  readonly ranks: Int32Array;
}

/**
 * Classifies test images by their nearest training images.
 *
 * O(m n d) time for m test and n training images. Beyond the input it holds
 * what {@link nearestNeighbours} does, for the largest k. Bitwise repeatable for one Backend and
 * thread count. Among equal similarities the training image that comes first
 * is nearer. An image whose features are all 0 is at similarity 0 to all.
 *
 * @param train Finite features to vote.
 * @param test Finite features to be classified.
 * @param options See {@link KnnOptions}.
 * @returns A result for each k, in the order given, or `TooFewNeighboursError`
 * when a k exceeds the training images, `OptionError` when an option
 * breaks its rule, `NonFiniteFeatureError`, the errors of
 * {@link requireTraining} and {@link requireTest}, those of reading features,
 * or of the engine.
 *
 * @example The nearest of two
 * ```ts
 * import { matrix, rowsOf } from "@deepcluster/core";
 * import { knn } from "@deepcluster/evaluation";
 * import { layerReference } from "@deepcluster/gpu-backend";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const labelled = (values: number[], labels: number[]) => ({
 *   features: rowsOf(matrix(labels.length, 2, Float32Array.from(values))),
 *   labels: Int32Array.from(labels),
 *   classes: 2,
 * });
 * const train = labelled([1, 0, 0, 1], [0, 1]);
 * const test = labelled([5, 1], [0]);
 * const [result] = await Effect.runPromise(
 *   knn(train, test, { k: [1] }).pipe(Effect.provide(layerReference)),
 * );
 * assert.equal(result?.top1, 1);
 * ```
 */
export const knn: <E = never, F = never>(
  train: Labelled<E>,
  test: Labelled<F>,
  options?: KnnOptions,
) => Effect.Effect<readonly KnnResult[], E | F | KnnError, Backend> = Effect.fn(
  "knn",
)(function* <E = never, F = never>(
  train: Labelled<E>,
  test: Labelled<F>,
  options: KnnOptions = {},
) {
  const { temperature = defaultTemperature } = options;
  const ks = options.k ?? defaultNeighbours(train.labels.length).k;
  yield* requireTraining(action, train);
  yield* requireTest(action, train, test);
  yield* requireNeighbours(ks, temperature, train.labels.length);
  const predictions = ks.map(() => new Int32Array(test.labels.length));
  const ranks = ks.map(() => new Int32Array(test.labels.length));
  const maxK = Math.max(...ks);
  const { memoryBytes } = options;
  const neighbours = yield* nearestNeighbours(
    test.features,
    train.features,
    maxK,
    { action, ...memoryBytes !== undefined && { memoryBytes } },
  );
  test.labels.forEach((label, image) => {
    ks.forEach((k, i) => {
      const votes = votesOf(neighbours, image, k, train, temperature);
      predictions[i]![image] = bestOf(votes);
      ranks[i]![image] = rankOf(votes, label);
    });
  });
  return ks.map((k, i) => ({
    k,
    top1: topAccuracy(ranks[i]!, 1),
    ...train.classes > 5 ? { top5: topAccuracy(ranks[i]!, 5) } : {},
    predictions: predictions[i]!,
    ranks: ranks[i]!,
  }));
});

const action = "classify by nearest neighbours";

/** What {@link requireNeighbours} fails with. */
export type RequireNeighboursError = OptionError | TooFewNeighboursError;

/**
 * Checks how neighbours vote, which needs no features.
 *
 * @param ks Numbers of neighbours.
 * @param temperature See {@link KnnOptions}.
 * @param images Number of training images.
 * @returns Nothing, or `OptionError` or `TooFewNeighboursError`.
 */
export const requireNeighbours: (
  ks: readonly number[],
  temperature: number,
  images: number,
) => Effect.Effect<void, RequireNeighboursError> = Effect.fnUntraced(function* (
  ks,
  temperature,
  images,
) {
  yield* requireCount(action, "numbers of neighbours", ks.length, 1);
  for (const k of ks) {
    yield* requireCount(action, "k", k, 1);
    if (k > images) return yield* new TooFewNeighboursError({ k, images });
  }
  const holds = temperature > 0 && Number.isFinite(temperature);
  yield* requireOption(action, "temperature", "above 0", temperature, holds);
});

/** Votes of the k nearest for each class, relative to the nearest's weight. */
const votesOf = (
  { k: stride, indices, similarities }: Neighbours,
  image: number,
  k: number,
  { labels, classes }: Labelled<unknown>,
  temperature: number,
): Float64Array => {
  const votes = new Float64Array(classes);
  const first = image * stride;
  const highest = similarities[first]!;
  for (let i = first; i < first + k; i++) {
    votes[labels[indices[i]!]!]! += Math.exp(
      (similarities[i]! - highest) / temperature,
    );
  }
  return votes;
};
