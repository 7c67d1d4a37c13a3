/**
 * The training of one epoch as an activity that saves itself.
 *
 * Within an epoch the run folder holds checkpoints by step; at its end, one
 * with the complete state: parameters under PyTorch's names, running statistics,
 * momenta and the last head.
 *
 * @module
 */
import { networkMetadata } from "@deepcluster/model-io";
import { initialise } from "@deepcluster/models";
import { checkpointPath, newestValid, prune } from "@deepcluster/runs";
import {
  ArtifactRef,
  CheckpointStore,
  loadTensors,
  saveTensors,
} from "@deepcluster/storage";
import { Effect, Schema } from "effect";
import { loadAssignments } from "./cluster_step.ts";
import { Run } from "./run.ts";
import { loadStartingModel } from "./starting_model.ts";
import { type EpochState, startOfEpoch, trainEpoch } from "./train_epoch.ts";

/** What an epoch of training leaves. */
export const TrainingResult = Schema.Struct({
  /** Parameters, running statistics, momenta and head. */
  checkpoint: ArtifactRef,
  /** Mean loss over the steps. */
  loss: Schema.Finite,
  /** Fraction of training images put into their cluster, from 0 to 1. */
  accuracy: Schema.Finite,
  /** Number of steps. */
  steps: Schema.Int,
});

/**
 * Writes the checkpoint that the first epoch starts from.
 *
 * @returns Its reference, or the errors of the run folder and of the model
 * that the run starts from.
 */
export const initialiseStep = Effect.fn("initialiseStep")(function* () {
  const { configuration, network } = yield* Run;
  const { from, seed } = configuration;
  return yield* saveTensors(
    yield* CheckpointStore,
    checkpointPath(0),
    from
      ? yield* loadStartingModel(from, configuration)
      : initialise(network, seed),
    { epoch: "0", ...networkMetadata(network) },
  );
});

/**
 * Trains one epoch on its clusters.
 *
 * Started again after a kill, it resumes from the newest checkpoint of this
 * epoch that is intact and belongs to the same clusters.
 *
 * @param epoch From 1.
 * @param weights Checkpoint of the epoch before.
 * @param clustering The epoch's clustering.
 * @returns The new checkpoint, the mean loss, the fraction of images
 * predicted right and the number of steps; or the
 * errors of `trainEpoch` and of the run folder.
 */
export const trainStep = Effect.fn("trainStep")(function* (
  epoch: number,
  weights: ArtifactRef,
  clustering: ArtifactRef,
) {
  const { configuration, images, keep, network, saveEveryMs } = yield* Run;
  const store = yield* CheckpointStore;
  const saveAs = (path: string, state: EpochState) =>
    saveTensors(store, path, state.tensors, {
      epoch: String(epoch),
      step: String(state.step),
      lossSum: String(state.lossSum),
      correct: String(state.correct),
      clustering: clustering.sha256,
      ...networkMetadata(network),
    });
  const save = (state: EpochState) =>
    Effect.andThen(
      saveAs(checkpointPath(epoch, state.step), state),
      prune(store, keep),
    );
  const from = (yield* newestOf(epoch, clustering)) ?? startOfEpoch(
    network,
    configuration,
    epoch,
    (yield* loadTensors(store, weights)).tensors,
  );
  const pseudoLabels = yield* loadAssignments(clustering);
  const end = yield* trainEpoch(
    {
      configuration,
      epoch,
      images,
      pseudoLabels,
      network,
      save,
      saveEveryMs,
      donateState: true,
    },
    from,
  );
  const { step, lossSum, correct } = end;
  return {
    checkpoint: yield* Effect.uninterruptible(
      saveAs(checkpointPath(epoch), end),
    ),
    loss: lossSum / step,
    accuracy: correct / (step * configuration.batch),
    steps: step,
  };
});

/**
 * The newest state saved of an epoch for these clusters; its last one when the
 * run was stopped between saving that and noting it.
 */
const newestOf = Effect.fnUntraced(function* (
  epoch: number,
  clustering: ArtifactRef,
) {
  const { found, skipped } = yield* newestValid(
    yield* CheckpointStore,
    (checkpoint) => checkpoint.epoch === epoch,
  );
  for (const { path, reason } of skipped) {
    yield* Effect.logWarning(`Skipped ${path}: ${reason}`);
  }
  if (found?.metadata["clustering"] !== clustering.sha256) return undefined;
  return {
    step: Number(found.metadata["step"]),
    lossSum: Number(found.metadata["lossSum"]),
    correct: Number(found.metadata["correct"]),
    tensors: found.tensors,
  } satisfies EpochState;
});
