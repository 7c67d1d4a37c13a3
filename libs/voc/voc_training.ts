/**
 * Fine-tuning a network on the image sets of VOC, so that it can stop after
 * any step and go on.
 *
 * Paper: section 4.4, and the authors' `eval_voc_classif.py`.
 *
 * Departure: the authors' last batch of each pass over the images is smaller
 * than the others; ours is filled from the next pass.
 *
 * @module
 */
import {
  draws,
  floatTensor,
  Progress,
  resumableLoop,
  takeFrom,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import {
  type Batch,
  batches,
  type ImageError,
  type ImageSet,
} from "@deepcluster/data";
import { VocDivergedError, type VocSet } from "@deepcluster/datasets";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { type BuildError, momentumName } from "@deepcluster/graph";
import { dropoutMasks, type Network } from "@deepcluster/models";
import { Effect } from "effect";
import { freshClassifier } from "./fresh_classifier.ts";
import type { VocSettings } from "./paper_settings.ts";
import { fineTuned, vocTrainingGraph } from "./voc_graph.ts";
import { vocTrainingCrop } from "./voc_images.ts";

/** How far training is. */
export interface VocProgress {
  /** Steps done. */
  readonly iteration: number;
  /** Mean loss of about the last hundred steps; 0 before the first. */
  readonly loss: number;
}

/** The state of training: plain data, enough to resume from. */
export interface VocState extends VocProgress {
  /** Parameters, the last layer's among them, and momenta. */
  readonly tensors: Tensors;
}

/** What {@link trainVoc} can fail with, besides the errors of `save`. */
export type TrainVocError =
  | BackendError
  | ImageError
  | BuildError
  | VocDivergedError;

/** What {@link trainVoc} trains, and on what. */
export interface TrainVocOptions<E = never, R = never> {
  /** The network, without its last layer. */
  readonly network: Network;
  /** All settings. */
  readonly settings: VocSettings;
  /** What is on the images. */
  readonly set: VocSet;
  /** The images of the set. */
  readonly images: ImageSet;
  /** Saves a state to resume from; also called on interruption. */
  readonly save?: (state: VocState) => Effect.Effect<void, E, R>;
  /** Time between two saves. Default: five minutes. */
  readonly saveEveryMs?: number;
}

/**
 * The state before the first step: the network's convolutions, fully connected
 * layers drawn anew, momenta of zero.
 *
 * @param network The network.
 * @param tensors A tensor for each of its parameters; others are left aside.
 * @param classes Number of classes.
 * @param settings Which parameters are trained, and the seed.
 * @returns The state.
 */
export const startOfVoc = (
  network: Network,
  tensors: Tensors,
  classes: number,
  settings: VocSettings,
): VocState => {
  const parameters: Record<string, Tensor> = {
    ...tensors,
    ...freshClassifier(network, classes, settings.seed),
  };
  const momenta = fineTuned(network, settings).map((name) =>
    [momentumName(name), floatTensor(parameters[name]!.shape)] as const
  );
  return {
    iteration: 0,
    loss: 0,
    tensors: { ...parameters, ...Object.fromEntries(momenta) },
  };
};

/**
 * Learning rate of a step.
 *
 * @param settings The first rate, and when it is halved.
 * @param iteration Steps done before.
 * @returns The rate.
 */
export const vocLearningRate = (
  { learningRate, halveEvery }: Pick<
    VocSettings,
    "learningRate" | "halveEvery"
  >,
  iteration: number,
): number => learningRate * 0.5 ** Math.floor(iteration / halveEvery);

/**
 * Trains until `settings.iterations` steps are done.
 *
 * The images pass in one random order, again and again, as in the authors'
 * code.
 *
 * @param options See {@link TrainVocOptions}.
 * @param from Where to start: {@link startOfVoc}, or a state saved before.
 * Both ways end in the same bytes.
 * @returns The state after the last step, or `VocDivergedError` when a loss is
 * not finite, or the errors of the engine, of reading images and of `save`.
 */
export const trainVoc: <E = never, R = never>(
  options: TrainVocOptions<E, R>,
  from: VocState,
) => Effect.Effect<VocState, TrainVocError | E, Backend | Progress | R> = Effect
  .fn("trainVoc")(
    function* <E, R>(options: TrainVocOptions<E, R>, from: VocState) {
      const { settings, save, saveEveryMs } = options;
      if (from.iteration >= settings.iterations) return from;
      const { step, snapshot } = yield* openTraining(options, from);
      const nextBatch = yield* takeFrom(randomCrops(options, from.iteration));
      const { iteration, loss } = from;
      const end = yield* resumableLoop({ iteration, loss }, {
        done: (now) => now.iteration >= settings.iterations,
        step: (now, interruptible) =>
          Effect.flatMap(interruptible(nextBatch), (batch) => step(now, batch)),
        save: save && ((now) => Effect.flatMap(snapshot(now), save)),
        ...saveEveryMs !== undefined && { saveEveryMs },
        onProgress: yield* reporter(settings),
      });
      return yield* snapshot(end);
    },
    Effect.scoped,
  );

/** The images of all steps from one on, as the network shall see them. */
const randomCrops = <E, R>(
  { network, settings, images }: TrainVocOptions<E, R>,
  iteration: number,
) => {
  const { batch, iterations, seed } = settings;
  const pass = draws(seed, "voc", "order").shuffle(
    Int32Array.from({ length: images.size }, (_, index) => index),
  );
  const firstSampleIndex = iteration * batch;
  const order = Int32Array.from(
    { length: iterations * batch - firstSampleIndex },
    (_, i) => pass[(firstSampleIndex + i) % pass.length]!,
  );
  return batches(
    images,
    order,
    vocTrainingCrop(network.input.size, settings),
    { batchSize: batch, firstSampleIndex },
  );
};

/** The program: a step of it, and the state after the last one. */
const openTraining = Effect.fnUntraced(function* <E, R>(
  { network, settings, set: { classes, targets } }: TrainVocOptions<E, R>,
  { tensors }: VocState,
) {
  const { batch, seed } = settings;
  const backend = yield* Backend;
  const graph = yield* vocTrainingGraph(network, classes.length, settings);
  const state = Object.fromEntries(
    Object.keys(graph.state).map((name) => [name, tensors[name]!]),
  );
  const program = yield* backend.compile(graph, state);
  const snapshot = (now: VocProgress) =>
    Effect.map(program.read, (trained): VocState => ({
      ...now,
      tensors: { ...tensors, ...trained },
    }));
  const rate = floatTensor([]);
  const batchTargets = floatTensor([batch, targets.columns]);
  let masks: ReturnType<typeof dropoutMasks> | undefined;
  const step = Effect.fnUntraced(function* (
    { iteration, loss: before }: VocProgress,
    { images, indices }: Batch,
  ) {
    indices.forEach((index, i) => {
      const start = index * targets.columns;
      batchTargets.data.set(
        targets.data.subarray(start, start + targets.columns),
        i * targets.columns,
      );
    });
    rate.data[0] = vocLearningRate(settings, iteration);
    const draw = { seed, epoch: 0, step: iteration };
    masks = dropoutMasks(network, batch, draw, masks);
    const outputs = yield* program.run({
      images,
      targets: batchTargets,
      learning_rate: rate,
      ...masks,
    });
    const loss = outputs["loss"]!.data[0]!;
    const done = iteration + 1;
    if (!Number.isFinite(loss)) {
      return yield* new VocDivergedError({
        what: "loss",
        iteration: done,
        value: String(loss),
      });
    }
    return {
      iteration: done,
      loss: before + (loss - before) / Math.min(done, 100),
    };
  });
  return { step, snapshot };
});

const reporter = Effect.fnUntraced(function* (
  { batch, iterations }: VocSettings,
) {
  const progress = yield* Progress;
  return ({ iteration, loss }: VocProgress) =>
    progress.report({
      phase: "fine-tune",
      done: iteration * batch,
      total: iterations * batch,
      unit: "images",
      figures: { loss },
    });
});
