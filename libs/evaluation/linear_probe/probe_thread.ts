/**
 * Steps of a linear probe's training in a thread of its own, so that several
 * probes are trained side by side.
 *
 * A step multiplies a batch by few columns twice, which more threads hardly
 * speed up: of 256 images with 6 144 features and nine classes, two probes on a
 * thread each take 1.0 ms a step, one probe on two threads 1.9.
 *
 * @module
 */
import { floatTensor, intTensor, type Matrix } from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { advance, requireConvergence } from "./probe_divergence.ts";
import { probeStep } from "./probe_graph.ts";
import type { ProbeSettings } from "./probe_options.ts";
import {
  type ProbeProgress,
  type ProbeState,
  stepsPerEpoch,
} from "./probe_state.ts";
import {
  orderOf,
  type ProbeSteps,
  rateOf,
  type Training,
} from "./probe_steps.ts";

/** Sizes of what a probe learns from. */
export interface ProbedFeatures {
  /** Number of images. */
  readonly images: number;
  /** Number of features of an image. */
  readonly columns: number;
  /** Number of classes. */
  readonly classes: number;
}

/** Most products of a step that one thread does as quickly as several. */
const mostProducts = 2 ** 26;

/**
 * Products of the steps that a thread is asked for at once: about 0.6 s, so that
 * it seldom waits for this thread, and an interruption not long for it.
 */
const productsOfRequest = 2 ** 32;

/**
 * Returns whether a probe is trained in a thread of its own: where the engine
 * has threads, features fit in memory and a step is small. That depends on no
 * other probe, so neither do its results.
 *
 * @param backend The engine.
 * @param features What to learn from.
 * @param settings See `ProbeOptions`.
 * @returns Whether it is.
 */
export const trainsInThread = (
  { compileInThread }: Pick<Backend["Service"], "compileInThread">,
  { images, columns, classes }: ProbedFeatures,
  { batch, memoryBytes }: Pick<ProbeSettings, "batch" | "memoryBytes">,
): boolean =>
  compileInThread !== undefined && 4 * images * columns <= memoryBytes &&
  Math.min(batch, images) * columns * classes <= mostProducts;

/**
 * Opens a program in a thread, which picks its batches itself.
 *
 * @param training What to learn from.
 * @param held Its features, which the thread takes over.
 * @param settings See `ProbeOptions`.
 * @param start Where to start.
 * @returns What takes several steps, or the errors of compiling the program.
 */
export const openThreadSteps = Effect.fnUntraced(function* (
  { labels, columns, classes }: Omit<Training<never, never>, "source">,
  held: Matrix,
  settings: ProbeSettings<unknown, unknown>,
  { tensors }: ProbeState,
) {
  const rows = Math.min(settings.batch, labels.length);
  const perEpoch = stepsPerEpoch(labels.length, settings);
  const last = settings.epochs * perEpoch;
  const backend = yield* Backend;
  const graph = yield* probeStep({ rows, columns, classes }, settings);
  const { mean: _, scale: __, ...trained } = tensors;
  const program = yield* backend.compileInThread!(graph, trained, {
    input: "features",
    matrix: held,
  });
  const atOnce = Math.ceil(productsOfRequest / (rows * columns * classes));
  const inputsOf = inputsOfSteps(labels, rows, settings);
  const step = Effect.fnUntraced(function* (before: ProbeProgress) {
    const steps = Math.min(atOnce, last - before.step);
    const { loss } = yield* program.scan(steps, inputsOf(before.step, steps));
    let after = before;
    for (const one of loss!.data) {
      after = advance(after, one, perEpoch, classes);
      yield* requireConvergence(after, perEpoch, classes, settings);
    }
    return after;
  });
  const snapshot = (now: ProbeProgress) =>
    Effect.map(
      program.read,
      (current): ProbeState => ({
        ...now,
        tensors: { ...tensors, ...current },
      }),
    );
  return { step, snapshot } satisfies ProbeSteps<never, never>;
});

/** What some steps are fed, stacked. */
const inputsOfSteps = (
  labels: Int32Array,
  rows: number,
  settings: ProbeSettings<unknown, unknown>,
) => {
  const { batch, seed } = settings;
  const perEpoch = stepsPerEpoch(labels.length, { batch });
  let known = -1;
  let order: Int32Array = new Int32Array();
  return (first: number, steps: number) => {
    const features = intTensor([steps, rows]);
    const targets = intTensor([steps, rows]);
    // A batch that is not full: the rest of the rows take no part.
    targets.data.fill(-1);
    const share = floatTensor([steps]);
    const rate = floatTensor([steps]);
    for (let i = 0; i < steps; i++) {
      const step = first + i;
      const epoch = Math.floor(step / perEpoch);
      if (epoch !== known) order = orderOf(labels.length, seed, epoch);
      known = epoch;
      const start = (step - epoch * perEpoch) * batch;
      const indices = order.subarray(start, start + batch);
      features.data.set(indices, i * rows);
      targets.data.set(indices.map((index) => labels[index]!), i * rows);
      share.data[i] = 1 / indices.length;
      rate.data[i] = rateOf(step, settings);
    }
    return { features, labels: targets, share, learning_rate: rate };
  };
};
