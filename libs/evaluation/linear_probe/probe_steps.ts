/**
 * Steps of a linear probe's training by the engine itself, on batches that are
 * read or copied for each.
 *
 * Paper: section 4.3.
 *
 * @module
 */
import {
  draws,
  floatTensor,
  type Interruptible,
  intTensor,
  type Matrix,
  type NonFiniteFeatureError,
  type RowReader,
  rowsOf,
  takeFrom,
  type Tensors,
} from "@deepcluster/core";
import { type Gather, gatherFrom, standardised } from "@deepcluster/features";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { Effect, Stream } from "effect";
import { advance, requireConvergence } from "./probe_divergence.ts";
import type { ProbeDivergedError } from "./probe_errors.ts";
import { probeStep } from "./probe_graph.ts";
import { action, type ProbeSettings } from "./probe_options.ts";
import {
  type ProbeProgress,
  type ProbeState,
  stepsPerEpoch,
} from "./probe_state.ts";

/** Where features come from: always the same, or those of an epoch. */
export type TrainingSource<E, R> =
  | { readonly fixed: RowReader<E> }
  /** In memory, standardised where they are to be. */
  | { readonly held: Matrix }
  | {
    readonly featuresOf: (epoch: number) => Effect.Effect<RowReader<E>, E, R>;
  };

/** What a probe learns from. */
export interface Training<E, R> {
  /** Class of each image. */
  readonly labels: Int32Array;
  /** Number of classes. */
  readonly classes: number;
  /** Number of features of an image. */
  readonly columns: number;
  /** Their features. */
  readonly source: TrainingSource<E, R>;
}

/** A program that trains, from a state on. */
export interface ProbeSteps<E, R> {
  /** Takes a step, or several. */
  readonly step: (
    before: ProbeProgress,
    interruptible: Interruptible,
  ) => Effect.Effect<ProbeProgress, E | BackendError | ProbeDivergedError, R>;
  /** Copies the state. */
  readonly snapshot: (
    now: ProbeProgress,
  ) => Effect.Effect<ProbeState, BackendError>;
}

/**
 * Opens a program whose batches are copied to it, one a step.
 *
 * @param training What to learn from.
 * @param settings See `ProbeOptions`.
 * @param start Where to start.
 * @returns What takes a step, or the errors of opening features or program.
 */
export const openSteps = Effect.fnUntraced(function* <E, R>(
  training: Training<E, R>,
  settings: ProbeSettings<unknown, unknown>,
  { step: first, tensors }: ProbeState,
) {
  const { labels, columns, classes } = training;
  const nextBatch = yield* takeFrom(
    batchesOf(training, settings, tensors, first),
  );
  const perEpoch = stepsPerEpoch(labels.length, settings);
  const rows = Math.min(settings.batch, labels.length);
  const backend = yield* Backend;
  const graph = yield* probeStep({ rows, columns, classes }, settings);
  const { mean: _, scale: __, ...trained } = tensors;
  const program = yield* backend.compile(graph, trained);
  const snapshot = (now: ProbeProgress) =>
    Effect.map(
      program.read,
      (current): ProbeState => ({
        ...now,
        tensors: { ...tensors, ...current },
      }),
    );
  const features = floatTensor([rows, columns]);
  const targets = intTensor([rows]);
  const share = floatTensor([]);
  const rate = floatTensor([]);
  const step = Effect.fnUntraced(function* (
    before: ProbeProgress,
    interruptible: Interruptible,
  ) {
    const { indices, pick } = yield* interruptible(nextBatch);
    yield* interruptible(pick(indices, features.data));
    // A batch that is not full: rows left from before take no part.
    for (let i = 0; i < rows; i++) {
      targets.data[i] = i < indices.length ? labels[indices[i]!]! : -1;
    }
    share.data[0] = 1 / indices.length;
    rate.data[0] = rateOf(before.step, settings);
    const { loss } = yield* program.run({
      features,
      labels: targets,
      share,
      learning_rate: rate,
    });
    const after = advance(before, loss!.data[0]!, perEpoch, classes);
    yield* requireConvergence(after, perEpoch, classes, settings);
    return after;
  });
  return { step, snapshot } satisfies ProbeSteps<
    E | NonFiniteFeatureError,
    R
  >;
});

/** Some training images, and what reads their features. */
interface Batch<E> {
  readonly indices: Int32Array;
  readonly pick: Gather<E | NonFiniteFeatureError>;
}

/** The batches of all epochs from a step on. */
const batchesOf = <E, R>(
  { labels, source }: Training<E, R>,
  { batch, epochs, memoryBytes, seed, standardise }: ProbeSettings<
    unknown,
    unknown
  >,
  scaling: Tensors,
  step: number,
) => {
  const images = labels.length;
  const perEpoch = stepsPerEpoch(images, { batch });
  const open = (rows: RowReader<E>) =>
    gatherFrom(
      action,
      standardise ? standardised(action, rows, scaling) : rows,
      memoryBytes,
    );
  const epochOf = (
    epoch: number,
    pick: Batch<E>["pick"],
  ): Stream.Stream<Batch<E>> => {
    const order = orderOf(images, seed, epoch);
    const first = Math.max(0, step - epoch * perEpoch);
    return Stream.map(Stream.range(first, perEpoch - 1), (i) => ({
      indices: order.subarray(i * batch, (i + 1) * batch),
      pick,
    }));
  };
  const all = Stream.range(Math.floor(step / perEpoch), epochs - 1);
  const epochsOf = (pick: Batch<E>["pick"]) =>
    Stream.flatMap(all, (epoch) => epochOf(epoch, pick));
  // Features that stay are opened once; those of an epoch are closed with it.
  if ("featuresOf" in source) {
    return Stream.flatMap(all, (epoch) =>
      Stream.unwrap(
        source.featuresOf(epoch).pipe(
          Effect.flatMap(open),
          Effect.map((pick) => epochOf(epoch, pick)),
        ),
      ));
  }
  if ("fixed" in source) {
    return Stream.unwrap(Effect.map(open(source.fixed), epochsOf));
  }
  const pick = gatherFrom(action, rowsOf(source.held), memoryBytes);
  return Stream.unwrap(Effect.map(pick, epochsOf));
};

/**
 * Returns the order of the images in an epoch.
 *
 * @param images Number of images.
 * @param seed Names the draws.
 * @param epoch Counted from 0.
 * @returns Their indices, each once.
 */
export const orderOf = (
  images: number,
  seed: number,
  epoch: number,
): Int32Array => {
  const order = new Int32Array(images);
  for (let i = 0; i < images; i++) order[i] = i;
  return draws(seed, "probe order", epoch).shuffle(order);
};

/**
 * Returns the learning rate of a step, as the authors' code does.
 *
 * @param t The step, counted from 0.
 * @param settings See `ProbeOptions`.
 * @returns The rate.
 */
export const rateOf = (
  t: number,
  { learningRate, weightDecay }: ProbeSettings<unknown, unknown>,
): number => learningRate / Math.sqrt(1 + learningRate * weightDecay * t);
