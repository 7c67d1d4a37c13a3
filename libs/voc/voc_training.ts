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
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import { type Batch, batches, type ImageSet } from "@deepcluster/data";
import { VocDivergedError, type VocSet } from "@deepcluster/datasets";
import { Backend, type Program } from "@deepcluster/gpu-backend";
import { momentumName } from "@deepcluster/graph";
import { dropoutMasks, type Network } from "@deepcluster/models";
import { savedSteps } from "@deepcluster/training";
import { Effect } from "effect";
import { freshClassifier } from "./fresh_classifier.ts";
import type { VocSettings } from "./settings.ts";
import { fineTuned, vocTrainingGraph } from "./voc_graph.ts";
import { vocTrainingCrop } from "./voc_images.ts";

/** Where training stands: plain data, enough to go on from. */
export interface VocState {
  /** Steps done. */
  readonly iteration: number;
  /** Mean loss of about the last hundred steps; 0 before the first. */
  readonly loss: number;
  /** Parameters, the last layer's among them, and momenta. */
  readonly tensors: Tensors;
}

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
  /** Saves a state to go on from; also called on interruption. */
  readonly save?: (state: VocState) => Effect.Effect<void, E, R>;
  /** Time between two saves; five minutes when absent. */
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
export const trainVoc = Effect.fn("trainVoc")(
  function* <E = never, R = never>(
    options: TrainVocOptions<E, R>,
    from: VocState,
  ) {
    const { settings, save: keep, saveEveryMs = 300_000 } = options;
    if (from.iteration >= settings.iterations) return from;
    const { step, snapshot } = yield* openTraining(options, from);
    const save = keep ? Effect.flatMap(snapshot, keep) : Effect.void;
    yield* savedSteps(randomCrops(options, from.iteration), {
      step,
      save,
      saveEveryMs,
    });
    return yield* snapshot;
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
  const firstPlace = iteration * batch;
  const order = Int32Array.from(
    { length: iterations * batch - firstPlace },
    (_, i) => pass[(firstPlace + i) % pass.length]!,
  );
  return batches(
    images,
    order,
    vocTrainingCrop(network.input.size, settings),
    { batchSize: batch, firstPlace },
  );
};

/** The program of a step, and the state after the last one. */
const openTraining = Effect.fnUntraced(function* <E, R>(
  options: TrainVocOptions<E, R>,
  { tensors, ...from }: VocState,
) {
  const { network, settings, set } = options;
  const backend = yield* Backend;
  const graph = yield* vocTrainingGraph(network, set.classes.length, settings);
  const state = Object.fromEntries(
    Object.keys(graph.state).map((name) => [name, tensors[name]!]),
  );
  const program = yield* backend.compile(graph, state);
  const at = { ...from };
  const snapshot = Effect.map(program.read, (now): VocState => ({
    ...at,
    tensors: { ...tensors, ...now },
  }));
  return { step: yield* stepper(options, program, at), snapshot };
});

/** Feeds one batch, moves `at` on and reports. */
const stepper = Effect.fnUntraced(function* <E, R>(
  { network, settings, set: { targets } }: TrainVocOptions<E, R>,
  program: Program,
  at: { iteration: number; loss: number },
) {
  const { batch, iterations, seed } = settings;
  const progress = yield* Progress;
  const rate = floatTensor([]);
  const wanted = floatTensor([batch, targets.columns]);
  let masks: ReturnType<typeof dropoutMasks> | undefined;
  const report = () =>
    progress.report({
      phase: "fine-tune",
      done: at.iteration * batch,
      total: iterations * batch,
      unit: "images",
      figures: { loss: at.loss },
    });
  yield* report();
  return Effect.fnUntraced(function* ({ images, positions }: Batch) {
    positions.forEach((position, i) => {
      const start = position * targets.columns;
      wanted.data.set(
        targets.data.subarray(start, start + targets.columns),
        i * targets.columns,
      );
    });
    rate.data[0] = vocLearningRate(settings, at.iteration);
    const draw = { seed, epoch: 0, step: at.iteration };
    masks = dropoutMasks(network, batch, draw, masks);
    const outputs = yield* program.run({
      images,
      targets: wanted,
      learning_rate: rate,
      ...masks,
    });
    const loss = outputs["loss"]!.data[0]!;
    at.iteration++;
    at.loss += (loss - at.loss) / Math.min(at.iteration, 100);
    if (Number.isFinite(loss)) return yield* report();
    return yield* new VocDivergedError({
      what: "loss",
      iteration: at.iteration,
      value: String(loss),
    });
  });
});
