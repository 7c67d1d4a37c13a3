/**
 * The training of a linear probe, step by step.
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
  Progress,
  readInto,
  requireFinite,
  resumableLoop,
  type RowReader,
  rowsOf,
  takeFrom,
  type Tensors,
} from "@deepcluster/core";
import {
  type Gather,
  gatherFrom,
  scalingOf,
  standardised,
  standardiseRows,
} from "@deepcluster/features";
import { Backend } from "@deepcluster/gpu-backend";
import { Effect, Stream } from "effect";
import { advance, requireConvergence } from "./probe_divergence.ts";
import { initialProbe, probeStep } from "./probe_graph.ts";
import { action, type ProbeSettings } from "./probe_options.ts";
import {
  type ProbeProgress,
  type ProbeState,
  requireOwnState,
  stepsPerEpoch,
} from "./probe_state.ts";

/** Where features come from: always the same, or those of an epoch. */
export type TrainingSource<E, R> =
  | { readonly fixed: RowReader<E> }
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

/**
 * Trains a probe to the end of its last epoch.
 *
 * @param training What to learn from, checked.
 * @param settings See `ProbeOptions`.
 * @param from Where to start. Default: the beginning.
 * @returns The last state, or the errors of `linearProbe` in training.
 */
export const trainProbe = Effect.fnUntraced(function* <E, R, G, S>(
  given: Training<E, R>,
  settings: ProbeSettings<G, S>,
  from?: ProbeState,
) {
  const { epochs, save, saveEveryMs } = settings;
  const { labels, columns, classes } = given;
  const perEpoch = stepsPerEpoch(labels.length, settings);
  const last = epochs * perEpoch;
  if (from !== undefined) {
    const sizes = { images: labels.length, columns, classes };
    yield* requireOwnState(from, sizes, settings);
    if (from.step === last) return from;
  }
  const training = yield* inMemory(given, settings.memoryBytes);
  const start = from ?? (yield* firstState(training, settings));
  const { step, snapshot } = yield* openProgram(training, settings, start);
  const nextBatch = yield* takeFrom(
    batchesOf(training, settings, start.tensors, start.step),
  );
  const { tensors: _, ...progress } = start;
  const end = yield* resumableLoop(progress, {
    done: (now) => now.step === last,
    step: (now, interruptible) =>
      Effect.flatMap(
        interruptible(nextBatch),
        (batch) => step(now, batch, interruptible),
      ),
    save: save && ((now) => Effect.flatMap(snapshot(now), save)),
    saveEveryMs,
    // An epoch's own features are expensive; the last state is what scoring
    // needs.
    mustSave: (now) =>
      now.step === last ||
      "featuresOf" in training.source && now.step % perEpoch === 0,
    onProgress: yield* reporter(perEpoch, last),
  });
  return yield* snapshot(end);
}, Effect.scoped);

/** Features that stay and fit in memory are read once; others stay as they are. */
const inMemory = Effect.fnUntraced(function* <E, R>(
  training: Training<E, R>,
  memoryBytes: number,
): Effect.fn.Return<Training<E, R>, E | NonFiniteFeatureError> {
  const { source, labels: { length }, columns } = training;
  if (!("fixed" in source) || 4 * length * columns > memoryBytes) {
    return training;
  }
  const room = new Float32Array(length * columns);
  const held = yield* readInto(source.fixed, 0, length, room);
  yield* requireFinite(action, held, (row) => row);
  return { ...training, source: { held } };
});

/** The state before the first step. */
const firstState = Effect.fnUntraced(function* <E, R>(
  { columns, classes, source }: Training<E, R>,
  settings: ProbeSettings<unknown, unknown>,
) {
  const { memoryBytes, momentum, seed, standardise } = settings;
  const initial = initialProbe({ columns, classes }, momentum, seed);
  const scaling = standardise
    ? yield* Effect.scoped(Effect.flatMap(
      rowsOfEpoch(source, 0),
      (rows) => scalingOf(action, rows, memoryBytes),
    ))
    : {};
  return {
    step: 0,
    lossSum: 0,
    divergedSteps: 0,
    tensors: { ...initial, ...scaling },
  } satisfies ProbeState;
});

const rowsOfEpoch = <E, R>(
  source: TrainingSource<E, R>,
  epoch: number,
): Effect.Effect<RowReader<E>, E, R> => {
  if ("featuresOf" in source) return source.featuresOf(epoch);
  return Effect.succeed("held" in source ? rowsOf(source.held) : source.fixed);
};

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
  const { held } = source;
  return Stream.unwrap(Effect.suspend(() => {
    if (standardise) standardiseRows(held, scaling);
    const pick = gatherFrom(action, rowsOf(held), memoryBytes);
    return Effect.map(pick, epochsOf);
  }));
};

const orderOf = (images: number, seed: number, epoch: number): Int32Array =>
  draws(seed, "probe order", epoch).shuffle(
    Int32Array.from({ length: images }, (_, i) => i),
  );

/** The program: a step of it, and the state after the last one. */
const openProgram = Effect.fnUntraced(function* <E, R>(
  { labels, columns, classes }: Training<E, R>,
  settings: ProbeSettings<unknown, unknown>,
  { tensors }: ProbeState,
) {
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
    { indices, pick }: Batch<E>,
    interruptible: Interruptible,
  ) {
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
  return { step, snapshot };
});

/** Reports progress, with the mean loss of the epoch so far. */
const reporter = Effect.fnUntraced(function* (perEpoch: number, total: number) {
  const progress = yield* Progress;
  return ({ step, lossSum }: ProbeProgress) =>
    progress.report({
      phase: "probe",
      done: step,
      total,
      unit: "steps",
      ...step > 0 &&
        { figures: { loss: lossSum / ((step - 1) % perEpoch + 1) } },
    });
});

/** Step t of the authors' code. */
const rateOf = (
  t: number,
  { learningRate, weightDecay }: ProbeSettings<unknown, unknown>,
): number => learningRate / Math.sqrt(1 + learningRate * weightDecay * t);
