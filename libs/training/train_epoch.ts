/**
 * The training half of one epoch: predict the clusters.
 *
 * Paper: section 3.1, equation 1, with the uniform sampling of section 3.3. A
 * fresh head is put on the network, and both are trained by SGD on augmented
 * images until the epoch's draws are used up.
 *
 * Departure: the authors' last batch of an epoch is smaller than the others;
 * ours draws a few images more, so that every step is of one size.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  Progress,
  type ProgressEvent,
  type Tensors,
} from "@deepcluster/core";
import {
  type Batch,
  batches,
  defaultRandomCrop,
  type ImageSet,
  trainingTransform,
} from "@deepcluster/data";
import { Backend, type Program } from "@deepcluster/gpu-backend";
import {
  dropoutMasks,
  initialiseHead,
  type Network,
  trainingGraph,
  zeroMomenta,
} from "@deepcluster/models";
import type { TrainingSettings } from "@deepcluster/runs";
import { Effect } from "effect";
import { NonFiniteError, PseudoLabelError } from "./errors.ts";
import { uniformSample } from "./sampler.ts";
import { savedSteps } from "./saved_steps.ts";

/** Where an epoch's training stands: plain data, enough to go on from. */
export interface EpochState {
  /** Steps done. */
  readonly step: number;
  /** Losses of the steps done, added up. */
  readonly lossSum: number;
  /** Images predicted right in the steps done. */
  readonly correct: number;
  /** Parameters, momenta, running statistics and head. */
  readonly tensors: Tensors;
}

/** What {@link trainEpoch} trains, and on what. */
export interface TrainEpochOptions<E = never, R = never> {
  /** The network, without its head. */
  readonly network: Network;
  /** The run's settings. */
  readonly configuration: TrainingSettings;
  /** From 1; part of every draw's name. */
  readonly epoch: number;
  /** The images. */
  readonly images: ImageSet;
  /** Cluster of each image, shape `[n]`. */
  readonly labels: Int32Array;
  /** Saves a state to go on from; also called on interruption. */
  readonly save?: (state: EpochState) => Effect.Effect<void, E, R>;
  /**
   * Whether the tensors of the state to start from may be written over, which
   * spares the memory of a copy. They stay as they were when absent.
   */
  readonly takesState?: boolean;
  /** Time between two saves; five minutes when absent. */
  readonly saveEveryMs?: number;
}

/**
 * Number of training steps of an epoch.
 *
 * @param images Number of images.
 * @param configuration The run's settings.
 * @returns `reassign * images / batch`, rounded up.
 */
export const stepsPerEpoch = (
  images: number,
  configuration: TrainingSettings,
): number => Math.ceil(configuration.reassign * images / configuration.batch);

/**
 * The state before an epoch's first step: the network as the last epoch left
 * it, momenta included, under a fresh head.
 *
 * @param network The network.
 * @param configuration The run's settings.
 * @param epoch From 1.
 * @param tensors Parameters, running statistics and momenta; a momentum that
 * is not there starts at zero.
 * @returns The state.
 */
export const startOfEpoch = (
  network: Network,
  configuration: TrainingSettings,
  epoch: number,
  tensors: Tensors,
): EpochState => ({
  step: 0,
  lossSum: 0,
  correct: 0,
  tensors: {
    ...zeroMomenta(network),
    ...tensors,
    ...initialiseHead(
      network.featureSize,
      configuration.clusters,
      configuration.seed,
      epoch,
    ),
  },
});

/**
 * Trains the network for one epoch.
 *
 * @param options See {@link TrainEpochOptions}.
 * @param from Where to start: {@link startOfEpoch}, or a state saved before.
 * Both ways end in the same bytes.
 * @returns The state after the last step, or `PseudoLabelError` when labels
 * are not one cluster for each image, or `NonFiniteError` when a loss or a
 * weight is not finite, or the errors of the engine, of reading images and
 * of `save`.
 */
export const trainEpoch = Effect.fn("trainEpoch")(
  function* <E = never, R = never>(
    options: TrainEpochOptions<E, R>,
    from: EpochState,
  ) {
    const { save: keep, saveEveryMs = 300_000 } = options;
    yield* requireClusters(options);
    const { step, snapshot } = yield* openEpoch(options, from);
    const save = keep ? Effect.flatMap(snapshot, keep) : Effect.void;
    yield* savedSteps(augmentedBatches(options, from.step), {
      step,
      save,
      saveEveryMs,
    });
    return yield* snapshot;
  },
  Effect.scoped,
);

/** Every image has one of the head's clusters. */
const requireClusters = <E, R>(
  { configuration: { clusters }, images, labels }: TrainEpochOptions<E, R>,
): Effect.Effect<void, PseudoLabelError> => {
  const wrong = labels.findIndex((label) => label < 0 || label >= clusters);
  if (wrong < 0 && labels.length === images.size) return Effect.void;
  return Effect.fail(
    new PseudoLabelError({
      images: images.size,
      labels: labels.length,
      clusters,
      largest: labels.reduce((a, b) => Math.max(a, b), -1),
    }),
  );
};

/** The epoch's draws from a step on, as the network shall see them. */
const augmentedBatches = <E, R>(
  { configuration, epoch, images, labels, network }: TrainEpochOptions<E, R>,
  step: number,
) => {
  const { batch, clusters, seed } = configuration;
  const count = stepsPerEpoch(images.size, configuration) * batch;
  const order = uniformSample(labels, { clusters, count, seed, epoch });
  const transform = trainingTransform({
    crop: network.input.size,
    seed,
    epoch,
    region: { ...defaultRandomCrop, scale: configuration.cropScale },
    flip: configuration.flip,
  });
  const firstPlace = step * batch;
  return batches(images, order.subarray(firstPlace), transform, {
    batchSize: batch,
    firstPlace,
  });
};

/** The epoch's program: a step of it, and its state after the last one. */
const openEpoch = Effect.fnUntraced(function* <E, R>(
  options: TrainEpochOptions<E, R>,
  { tensors, ...from }: EpochState,
) {
  const { configuration, epoch, network } = options;
  const backend = yield* Backend;
  const graph = yield* trainingGraph(network, configuration);
  const state = Object.fromEntries(
    Object.keys(graph.state).map((name) => [name, tensors[name]!]),
  );
  const { takesState = false } = options;
  const program = yield* backend.compile(graph, state, { takesState });
  const at = { ...from };
  const snapshot = Effect.gen(function* () {
    const now = { ...tensors, ...yield* program.read };
    yield* requireFiniteWeights(now, epoch, at.step);
    return { ...at, tensors: now } satisfies EpochState;
  });
  return { step: yield* stepper(options, program, at), snapshot };
});

/** Feeds one batch, moves `at` on and reports. */
const stepper = Effect.fnUntraced(function* <E, R>(
  { configuration, epoch, images, labels, network }: TrainEpochOptions<E, R>,
  program: Program,
  at: { step: number; lossSum: number; correct: number },
) {
  const progress = yield* Progress;
  const { batch, learningRate, seed } = configuration;
  const steps = stepsPerEpoch(images.size, configuration);
  const rate = floatTensor([], Float32Array.of(learningRate));
  const targets = intTensor([batch]);
  let masks: ReturnType<typeof dropoutMasks> | undefined;
  const report = (figures?: ProgressEvent["figures"]) =>
    progress.report({
      phase: "train",
      epoch,
      done: at.step * batch,
      total: steps * batch,
      unit: "images",
      ...figures && { figures },
    });
  yield* report();
  return Effect.fnUntraced(function* ({ images, positions }: Batch) {
    positions.forEach((position, i) => {
      targets.data[i] = labels[position]!;
    });
    masks = dropoutMasks(network, batch, { seed, epoch, step: at.step }, masks);
    const outputs = yield* program.run({
      images,
      labels: targets,
      learning_rate: rate,
      ...masks,
    });
    const loss = outputs["loss"]!.data[0]!;
    at.step++;
    at.lossSum += loss;
    at.correct += outputs["correct"]!.data[0]!;
    if (!Number.isFinite(loss)) {
      return yield* new NonFiniteError({
        what: "loss",
        epoch,
        step: at.step,
        value: String(loss),
      });
    }
    yield* report({
      loss: at.lossSum / at.step,
      accuracy: at.correct / (at.step * batch),
    });
  });
});

const requireFiniteWeights = Effect.fnUntraced(function* (
  tensors: Tensors,
  epoch: number,
  step: number,
): Effect.fn.Return<void, NonFiniteError> {
  for (const [name, { data }] of Object.entries(tensors)) {
    const value = data.find((value) => !Number.isFinite(value));
    if (value === undefined) continue;
    return yield* new NonFiniteError({
      what: `value of ${name}`,
      epoch,
      step,
      value: String(value),
    });
  }
});
