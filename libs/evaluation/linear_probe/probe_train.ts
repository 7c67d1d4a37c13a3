/**
 * The training of a linear probe, step by step.
 *
 * Paper: section 4.3.
 *
 * @module
 */
import {
  type NonFiniteFeatureError,
  Progress,
  readInto,
  requireFinite,
  resumableLoop,
  type RowReader,
  rowsOf,
} from "@deepcluster/core";
import { scalingOf, standardiseRows } from "@deepcluster/features";
import { Backend } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { initialProbe } from "./probe_graph.ts";
import { action, type ProbeSettings } from "./probe_options.ts";
import {
  type ProbeProgress,
  type ProbeState,
  requireOwnState,
  stepsPerEpoch,
} from "./probe_state.ts";
import {
  openSteps,
  type Training,
  type TrainingSource,
} from "./probe_steps.ts";
import { openThreadSteps, trainsInThread } from "./probe_thread.ts";

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
  const measured = settings.standardise && from === undefined;
  const training = yield* inMemory(given, settings.memoryBytes, !measured);
  const start = from ?? (yield* firstState(training, settings));
  const { step, snapshot } = yield* openProgram(training, settings, start);
  const { tensors: _, ...progress } = start;
  const end = yield* resumableLoop(progress, {
    done: (now) => now.step === last,
    step,
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

/**
 * Features that stay and fit in memory are read once; others stay as they are.
 * Those of which the scaling is measured next are checked there.
 */
const inMemory = Effect.fnUntraced(function* <E, R>(
  training: Training<E, R>,
  memoryBytes: number,
  checked: boolean,
): Effect.fn.Return<Training<E, R>, E | NonFiniteFeatureError> {
  const { source, labels: { length }, columns } = training;
  if (!("fixed" in source) || 4 * length * columns > memoryBytes) {
    return training;
  }
  const room = new Float32Array(length * columns);
  const held = yield* readInto(source.fixed, 0, length, room);
  if (checked) yield* requireFinite(action, held, (row) => row);
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

/** In a thread where that is possible and large enough, else in this one. */
const openProgram = Effect.fnUntraced(function* <E, R>(
  training: Training<E, R>,
  settings: ProbeSettings<unknown, unknown>,
  start: ProbeState,
) {
  const { source } = training;
  if (!("held" in source)) return yield* openSteps(training, settings, start);
  const { held } = source;
  if (settings.standardise) standardiseRows(held, start.tensors);
  const { labels: { length: images }, columns, classes } = training;
  const features = { images, columns, classes };
  return trainsInThread(yield* Backend, features, settings)
    ? yield* openThreadSteps(training, held, settings, start)
    : yield* openSteps(training, settings, start);
});

const rowsOfEpoch = <E, R>(
  source: TrainingSource<E, R>,
  epoch: number,
): Effect.Effect<RowReader<E>, E, R> => {
  if ("featuresOf" in source) return source.featuresOf(epoch);
  return Effect.succeed("held" in source ? rowsOf(source.held) : source.fixed);
};

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
