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
  Progress,
  resumableLoop,
  takeFrom,
  type Tensors,
} from "@deepcluster/core";
import {
  type Batch,
  batches,
  defaultRandomCrop,
  type ImageError,
  type ImageSet,
  trainingTransform,
} from "@deepcluster/data";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import type { BuildError } from "@deepcluster/graph";
import {
  initialiseHead,
  type Network,
  trainingGraph,
  zeroMomenta,
} from "@deepcluster/models";
import type { TrainingSettings } from "@deepcluster/runs";
import { Effect } from "effect";
import { NonFiniteError, PseudoLabelError } from "./errors.ts";
import { uniformSample } from "./sampler.ts";
import { stepInputs, stepsAtOnce } from "./step_inputs.ts";

/** How far an epoch's training is. */
export interface EpochProgress {
  /** Steps done. */
  readonly step: number;
  /** Losses of the steps done, added up. */
  readonly lossSum: number;
  /** Images predicted right in the steps done. */
  readonly correct: number;
}

/** The state of an epoch's training: plain data, enough to resume from. */
export interface EpochState extends EpochProgress {
  /** Parameters, momenta, running statistics and head. */
  readonly tensors: Tensors;
}

/** What {@link trainEpoch} can fail with, besides the errors of `save`. */
export type TrainEpochError =
  | BackendError
  | ImageError
  | NonFiniteError
  | PseudoLabelError
  | BuildError;

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
  /** Cluster of each image, the target of its training, shape `[n]`. */
  readonly pseudoLabels: Int32Array;
  /** Saves a state to resume from; also called on interruption. */
  readonly save?: (state: EpochState) => Effect.Effect<void, E, R>;
  /**
   * Whether the tensors of the state to start from may be written over, which
   * spares the memory of a copy. Default: they stay as they were.
   */
  readonly donateState?: boolean;
  /** Time between two saves. Default: five minutes. */
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
 * @returns The state after the last step, or `PseudoLabelError` when pseudo-labels
 * are not one cluster for each image, or `NonFiniteError` when a loss or a
 * weight is not finite, or the errors of the engine, of reading images and
 * of `save`.
 */
export const trainEpoch: <E = never, R = never>(
  options: TrainEpochOptions<E, R>,
  from: EpochState,
) => Effect.Effect<EpochState, TrainEpochError | E, Backend | Progress | R> =
  Effect.fn("trainEpoch")(
    function* <E, R>(options: TrainEpochOptions<E, R>, from: EpochState) {
      const { configuration, images, network, save, saveEveryMs } = options;
      yield* requirePseudoLabels(options);
      const steps = stepsPerEpoch(images.size, configuration);
      const atOnce = yield* stepsAtOnce(network, configuration);
      const { step, snapshot } = yield* openEpoch(options, from, atOnce > 1);
      const nextBatch = yield* takeFrom(
        augmentedBatches(options, from.step, atOnce),
      );
      const { tensors: _, ...start } = from;
      const end = yield* resumableLoop(start, {
        done: (now) => now.step >= steps,
        step: (now, interruptible) =>
          Effect.flatMap(interruptible(nextBatch), (batch) => step(now, batch)),
        save: save && ((now) => Effect.flatMap(snapshot(now), save)),
        ...saveEveryMs !== undefined && { saveEveryMs },
        onProgress: yield* reporter(options),
      });
      return yield* snapshot(end);
    },
    Effect.scoped,
  );

/** Every image has one of the head's clusters. */
const requirePseudoLabels = <E, R>(
  { configuration: { clusters }, images, pseudoLabels }: TrainEpochOptions<
    E,
    R
  >,
): Effect.Effect<void, PseudoLabelError> => {
  const wrong = pseudoLabels.findIndex((label) =>
    label < 0 || label >= clusters
  );
  if (wrong < 0 && pseudoLabels.length === images.size) return Effect.void;
  return Effect.fail(
    new PseudoLabelError({
      images: images.size,
      pseudoLabels: pseudoLabels.length,
      clusters,
      largest: pseudoLabels.reduce((a, b) => Math.max(a, b), -1),
    }),
  );
};

/**
 * The epoch's draws from a step on, as the network shall see them. The last
 * batch has as many steps as are left.
 */
const augmentedBatches = <E, R>(
  { configuration, epoch, images, network, pseudoLabels }: TrainEpochOptions<
    E,
    R
  >,
  step: number,
  stepsPerBatch: number,
) => {
  const { batch, clusters, seed } = configuration;
  const count = stepsPerEpoch(images.size, configuration) * batch;
  const order = uniformSample(pseudoLabels, { clusters, count, seed, epoch });
  const transform = trainingTransform({
    crop: network.input.size,
    seed,
    epoch,
    region: { ...defaultRandomCrop, scale: configuration.cropScale },
    flip: configuration.flip,
  });
  const firstSampleIndex = step * batch;
  return batches(images, order.subarray(firstSampleIndex), transform, {
    batchSize: stepsPerBatch * batch,
    firstSampleIndex,
  });
};

/** The epoch's program: steps of it, and its state after the last one. */
const openEpoch = Effect.fnUntraced(function* <E, R>(
  options: TrainEpochOptions<E, R>,
  { tensors }: EpochState,
  scans: boolean,
) {
  const { configuration, epoch, network } = options;
  const { batch } = configuration;
  const backend = yield* Backend;
  const graph = yield* trainingGraph(network, configuration);
  const state = Object.fromEntries(
    Object.keys(graph.state).map((name) => [name, tensors[name]!]),
  );
  const { donateState = false } = options;
  const program = yield* backend.compile(graph, state, { donateState, scans });
  const snapshot = Effect.fnUntraced(function* (now: EpochProgress) {
    const current = { ...tensors, ...yield* program.read };
    yield* requireFiniteWeights(current, epoch, now.step);
    return { ...now, tensors: current } satisfies EpochState;
  });
  const inputsOf = stepInputs(options);
  const step = Effect.fnUntraced(function* (
    { step, lossSum, correct }: EpochProgress,
    images: Batch,
  ) {
    const steps = images.indices.length / batch;
    const outputs = yield* program.scan(steps, inputsOf(step, images));
    for (let i = 0; i < steps; i++) {
      const loss = outputs["loss"]!.data[i]!;
      if (!Number.isFinite(loss)) {
        return yield* new NonFiniteError({
          what: "loss",
          epoch,
          step: step + i + 1,
          value: String(loss),
        });
      }
      lossSum += loss;
      correct += outputs["correct"]!.data[i]!;
    }
    return { step: step + steps, lossSum, correct };
  });
  return { step, snapshot };
});

/** Reports progress, with the epoch's mean loss and accuracy so far. */
const reporter = Effect.fnUntraced(function* <E, R>(
  { configuration, epoch, images }: TrainEpochOptions<E, R>,
) {
  const progress = yield* Progress;
  const { batch } = configuration;
  const total = stepsPerEpoch(images.size, configuration) * batch;
  return ({ step, lossSum, correct }: EpochProgress) => {
    const done = step * batch;
    return progress.report({
      phase: "train",
      epoch,
      done,
      total,
      unit: "images",
      ...step > 0 &&
        { figures: { loss: lossSum / step, accuracy: correct / done } },
    });
  };
});

const requireFiniteWeights = Effect.fnUntraced(function* (
  tensors: Tensors,
  epoch: number,
  step: number,
): Effect.fn.Return<void, NonFiniteError> {
  for (const [name, { data }] of Object.entries(tensors)) {
    const value = firstNonFinite(data);
    if (value === undefined) continue;
    return yield* new NonFiniteError({
      what: `value of ${name}`,
      epoch,
      step,
      value: String(value),
    });
  }
});

/** A loop takes 1 ms for a million values, `find` with its calls 13. */
const firstNonFinite = (
  data: Float32Array | Int32Array,
): number | undefined => {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) return data[i];
  }
  return undefined;
};
