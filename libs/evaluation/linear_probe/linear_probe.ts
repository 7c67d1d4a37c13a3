/**
 * Linear probes: logistic regression on frozen features.
 *
 * Paper: section 4.3, with the step size of the authors' code. What
 * `standardise` does is not the paper's, and off unless asked for.
 *
 * @module
 */
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import type { ForeignProbeError, ProbeDivergedError } from "./probe_errors.ts";
import type {
  NonFiniteFeatureError,
  OptionError,
  Progress,
  RowReader,
} from "@deepcluster/core";
import {
  type Labelled,
  type LabelledError,
  type LabelledSizes,
  requireTest,
  requireTraining,
} from "@deepcluster/features";
import { topAccuracy } from "@deepcluster/metrics";
import { Effect } from "effect";
import { classify } from "./probe_classify.ts";
import { action, type ProbeOptions, settingsOf } from "./probe_options.ts";
import { type ProbeState, stepsPerEpoch } from "./probe_state.ts";
import type { TrainingSource } from "./probe_steps.ts";
import { trainProbe } from "./probe_train.ts";

/** Features that are computed anew for each epoch, of augmented images. */
export interface Augmented<E = never, R = never>
  extends Omit<Labelled, "features"> {
  /** Number of features of an image, d. */
  readonly columns: number;
  /**
   * Features `[n, d]` of an epoch, counted from 0; the same ones each time it
   * is asked. What they acquire is released at the epoch's end.
   */
  readonly featuresOf: (epoch: number) => Effect.Effect<RowReader<E>, E, R>;
}

/** What a linear probe says of features. */
export interface ProbeResult {
  /** Fraction of test images whose class is the most probable. */
  readonly top1: number;
  /** Fraction whose class is among the first five; absent up to 5 classes. */
  readonly top5?: number;
  /** Most probable class of each test image, the first of equals. */
  readonly predictions: Int32Array;
  /** Classes ranked before the right one, for each test image. */
  readonly ranks: Int32Array;
  /** Mean training loss of the last epoch. */
  readonly loss: number;
  /** What was learned. */
  readonly state: ProbeState;
}

/** What {@link linearProbe} fails with, besides reading and saving. */
export type LinearProbeError =
  | BackendError
  | ForeignProbeError
  | LabelledError
  | NonFiniteFeatureError
  | OptionError
  | ProbeDivergedError;

/**
 * Trains a linear classifier on features and evaluates it on others.
 *
 * O(epochs n d classes) time. Beyond the input it holds `memoryBytes` of
 * features, or three batches where that is more, and six times the parameters.
 * Training features that fit are read once (once an epoch if augmented, and
 * once more to be standardised), others row by row in the order of the batches,
 * which is the same either way:
 * memory changes the time, not the result. Bitwise repeatable for one Backend
 * and thread count.
 *
 * @param train Finite features to learn from, of at least two classes.
 * @param test Finite features to evaluate on: `[n * crops, d]` for n
 * labels, the crops of an image one after the other; their probabilities are
 * averaged.
 * @param options See {@link ProbeOptions}.
 * @param from Resumes a run on the same features and options; both ways end in
 * the same bytes.
 * @returns The accuracies and what was learned, or `OptionError`
 * when an option breaks its rule, `ForeignProbeError` when `from` does not
 * fit, `ProbeDivergedError`, `NonFiniteFeatureError`, the errors of
 * {@link requireTraining} and {@link requireTest}, those of reading features
 * and of `save`, or of the engine.
 *
 * @example Two classes on a line
 * ```ts
 * import { matrix, Progress, rowsOf } from "@deepcluster/core";
 * import { linearProbe } from "@deepcluster/evaluation";
 * import { layerReference } from "@deepcluster/gpu-backend";
 * import { Effect, Layer } from "effect";
 * import assert from "node:assert/strict";
 *
 * const labelled = {
 *   features: rowsOf(matrix(4, 1, Float32Array.of(-2, -1, 1, 2))),
 *   labels: Int32Array.of(0, 0, 1, 1),
 *   classes: 2,
 * };
 * const { top1 } = await Effect.runPromise(
 *   linearProbe(labelled, labelled, { seed: 1 }).pipe(
 *     Effect.provide(Layer.merge(layerReference, Progress.layerSilent)),
 *   ),
 * );
 * assert.equal(top1, 1);
 * ```
 */
export const linearProbe: <
  E = never,
  R = never,
  F = never,
  G = never,
  S = never,
>(
  train: Labelled<E> | Augmented<E, R>,
  test: Labelled<F>,
  options: ProbeOptions<G, S>,
  from?: ProbeState,
) => Effect.Effect<
  ProbeResult,
  LinearProbeError | E | F | G,
  Backend | Progress | R | S
> = Effect.fn("linearProbe")(function* <E, R, F, G, S>(
  train: Labelled<E> | Augmented<E, R>,
  test: Labelled<F>,
  options: ProbeOptions<G, S>,
  from?: ProbeState,
) {
  const settings = yield* settingsOf(options);
  const training = yield* trainingOf(train);
  yield* requireTest(action, training.sizes, test, settings.crops);
  const state = yield* trainProbe(training, settings, from);
  const found = yield* classify(test, state.tensors, settings);
  const { classes, labels } = training;
  return {
    top1: topAccuracy(found.ranks, 1),
    ...classes > 5 ? { top5: topAccuracy(found.ranks, 5) } : {},
    ...found,
    loss: state.lossSum / stepsPerEpoch(labels.length, settings),
    state,
  } satisfies ProbeResult;
});

/** Both kinds of features to learn from as one, checked. */
const trainingOf = Effect.fnUntraced(function* <E, R>(
  train: Labelled<E> | Augmented<E, R>,
) {
  const { labels, classes } = train;
  const [source, features]: [TrainingSource<E, R>, LabelledSizes["features"]] =
    "featuresOf" in train
      ? [train, { rows: labels.length, columns: train.columns }]
      : [{ fixed: train.features }, train.features];
  const sizes: LabelledSizes = { ...train, features };
  yield* requireTraining(action, sizes);
  return { labels, classes, columns: features.columns, source, sizes };
});
