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
  intTensor,
  type NonFiniteFeatureError,
  Progress,
  type RowReader,
  type Tensors,
} from "@deepcluster/core";
import {
  type Pick,
  pickFrom,
  scalingOf,
  standardised,
} from "@deepcluster/features";
import { Backend, type Program } from "@deepcluster/gpu-backend";
import { Clock, Effect } from "effect";
import { counted, requireConvergence, type Where } from "./probe_divergence.ts";
import { initialProbe, probeStep } from "./probe_graph.ts";
import { action, type ProbeSettings } from "./probe_options.ts";
import {
  type ProbeState,
  requireOwnState,
  stepsPerEpoch,
} from "./probe_state.ts";

/** Where features come from: always the same, or those of an epoch. */
export type TrainingSource<E, R> =
  | { readonly fixed: RowReader<E> }
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
 * @param from Where to start; from the beginning when absent.
 * @returns The last state, or the errors of `linearProbe` in training.
 */
export const trainProbe = Effect.fnUntraced(function* <E, R, G, S>(
  training: Training<E, R>,
  settings: ProbeSettings<G, S>,
  from?: ProbeState,
) {
  const { batch, epochs, saveEveryMs, seed } = settings;
  const images = training.labels.length;
  const perEpoch = stepsPerEpoch(images, settings);
  const start = yield* startOf(training, settings, from);
  if (start.step === epochs * perEpoch) return start;
  const { at, step, snapshot } = yield* openTrainer(training, settings, start);
  const { save: keep } = settings;
  const save = keep ? Effect.flatMap(snapshot, keep) : Effect.void;
  const pickOf = yield* openSource(training.source, settings, start.tensors);
  // An epoch's own features are dear; the last state is what scoring needs.
  const isDear = (step: number) =>
    step === epochs * perEpoch ||
    "featuresOf" in training.source && step % perEpoch === 0;
  let savedMs = yield* Clock.currentTimeMillis;
  const train = Effect.fnUntraced(function* (epoch: number) {
    const pick = yield* pickOf(epoch);
    const order = orderOf(images, seed, epoch);
    const first = (at.step - epoch * perEpoch) * batch;
    for (let begun = first; begun < images; begun += batch) {
      yield* step(pick, order.subarray(begun, begun + batch));
      const nowMs = yield* Clock.currentTimeMillis;
      if (!isDear(at.step) && nowMs - savedMs < saveEveryMs) continue;
      yield* save;
      savedMs = nowMs;
    }
  }, Effect.scoped);
  yield* Effect.gen(function* () {
    while (at.step < epochs * perEpoch) {
      yield* train(Math.floor(at.step / perEpoch));
    }
  }).pipe(Effect.onInterrupt(() => Effect.ignore(save)));
  return yield* snapshot;
}, Effect.scoped);

/** The state before the first step, or `from` if it fits. */
const startOf = Effect.fnUntraced(function* <E, R>(
  { labels, columns, classes, source }: Training<E, R>,
  settings: ProbeSettings<unknown, unknown>,
  from?: ProbeState,
) {
  if (from !== undefined) {
    const sizes = { images: labels.length, columns, classes };
    yield* requireOwnState(from, sizes, settings);
    return from;
  }
  const { memoryBytes, momentum, seed, standardise } = settings;
  const initial = initialProbe({ columns, classes }, momentum, seed);
  const scaling = standardise
    ? yield* Effect.scoped(Effect.flatMap(
      rowsOfEpoch(source, 0),
      (rows) => scalingOf(action, rows, memoryBytes),
    ))
    : {};
  const start: ProbeState = {
    step: 0,
    lossSum: 0,
    stepsAstray: 0,
    tensors: { ...initial, ...scaling },
  };
  return start;
});

const rowsOfEpoch = <E, R>(
  source: TrainingSource<E, R>,
  epoch: number,
): Effect.Effect<RowReader<E>, E, R> =>
  "fixed" in source ? Effect.succeed(source.fixed) : source.featuresOf(epoch);

/** What picks the rows of an epoch; features that stay are opened once. */
const openSource = Effect.fnUntraced(function* <E, R>(
  source: TrainingSource<E, R>,
  { memoryBytes, standardise }: ProbeSettings<unknown, unknown>,
  scaling: Tensors,
) {
  const open = (rows: RowReader<E>) =>
    pickFrom(
      action,
      standardise ? standardised(action, rows, scaling) : rows,
      memoryBytes,
    );
  if ("fixed" in source) {
    const pick = yield* open(source.fixed);
    return () => Effect.succeed(pick);
  }
  return (epoch: number) => Effect.flatMap(source.featuresOf(epoch), open);
});

const orderOf = (images: number, seed: number, epoch: number): Int32Array =>
  draws(seed, "probe order", epoch).shuffle(
    Int32Array.from({ length: images }, (_, i) => i),
  );

/** The program: a step of it, where it stands, and its state. */
const openTrainer = Effect.fnUntraced(function* <E, R>(
  training: Training<E, R>,
  settings: ProbeSettings<unknown, unknown>,
  { tensors, ...from }: ProbeState,
) {
  const { labels, columns, classes } = training;
  const rows = Math.min(settings.batch, labels.length);
  const backend = yield* Backend;
  const graph = yield* probeStep({ rows, columns, classes }, settings);
  const { mean: _, scale: __, ...trained } = tensors;
  const program = yield* backend.compile(graph, trained);
  const at = { ...from };
  const snapshot = Effect.map(
    program.read,
    (now): ProbeState => ({ ...at, tensors: { ...tensors, ...now } }),
  );
  const step = yield* stepper(training, settings, program, at);
  return { at, step, snapshot };
});

/** Feeds one batch, moves `at` on and reports. */
const stepper = Effect.fnUntraced(function* <E, R>(
  { labels, columns, classes }: Training<E, R>,
  settings: ProbeSettings<unknown, unknown>,
  program: Program,
  at: Where,
) {
  const progress = yield* Progress;
  const perEpoch = stepsPerEpoch(labels.length, settings);
  const rows = Math.min(settings.batch, labels.length);
  const features = floatTensor([rows, columns]);
  const targets = intTensor([rows]);
  const share = floatTensor([]);
  const rate = floatTensor([]);
  const report = (figures?: Readonly<Record<string, number>>) =>
    progress.report({
      phase: "probe",
      done: at.step,
      total: settings.epochs * perEpoch,
      unit: "steps",
      ...figures && { figures },
    });
  yield* report();
  return Effect.fnUntraced(function* (
    pick: Pick<E | NonFiniteFeatureError>,
    positions: Int32Array,
  ) {
    yield* pick(positions, features.data);
    // A batch that is not full: rows left from before take no part.
    for (let i = 0; i < rows; i++) {
      targets.data[i] = i < positions.length ? labels[positions[i]!]! : -1;
    }
    share.data[0] = 1 / positions.length;
    rate.data[0] = rateOf(at.step, settings);
    yield* Effect.uninterruptible(Effect.gen(function* () {
      const { loss } = yield* program.run({
        features,
        labels: targets,
        share,
        learning_rate: rate,
      });
      Object.assign(at, counted(at, loss!.data[0]!, perEpoch, classes));
      yield* requireConvergence(at, perEpoch, classes, settings);
    }));
    const steps = (at.step - 1) % perEpoch + 1;
    yield* report({ loss: at.lossSum / steps });
  });
});

/** Step t of the authors' code. */
const rateOf = (
  t: number,
  { learningRate, weightDecay }: ProbeSettings<unknown, unknown>,
): number => learningRate / Math.sqrt(1 + learningRate * weightDecay * t);
