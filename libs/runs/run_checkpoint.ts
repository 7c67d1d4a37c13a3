/**
 * A checkpoint of a run with the run's settings: what evaluating, exporting and
 * starting from a run begin with.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import { folderStore, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import {
  listCheckpoints,
  newestValid,
  type SkippedCheckpoint,
} from "./checkpoints.ts";
import { parseConfiguration, type RunConfiguration } from "./configuration.ts";
import {
  type ConfigurationError,
  type CorruptConfigError,
  NoCheckpointError,
  type NotARunError,
} from "./errors.ts";
import { readRun, runFiles } from "./run_folder.ts";

/** The state of a run at the end of an epoch. */
export interface RunCheckpoint {
  /** The run's settings. */
  readonly configuration: RunConfiguration;
  /** The epoch; 0 before the first. */
  readonly epoch: number;
  /** The file. */
  readonly path: string;
  /** Its tensors. */
  readonly tensors: Tensors;
  /** Newer checkpoints that are damaged, newest first. */
  readonly skipped: readonly SkippedCheckpoint[];
}

/** Which checkpoint {@link openRunCheckpoint} opens. */
export interface RunCheckpointOptions {
  /** Epoch at whose end it was saved. Default: the newest intact one. */
  readonly epoch?: number | undefined;
  /** Whether epoch 0, before any training, is no answer. Default: false. */
  readonly trained?: boolean;
}

/** What {@link openRunCheckpoint} can fail with. */
export type RunCheckpointError =
  | ConfigurationError
  | CorruptConfigError
  | NoCheckpointError
  | NotARunError
  | StorageError;

/**
 * Opens a checkpoint of the end of an epoch, without the run's lock.
 *
 * @param run The run folder.
 * @param options See {@link RunCheckpointOptions}.
 * @returns The checkpoint, or `NoCheckpointError` when the run holds none that
 * is intact, or the errors of the run folder and its settings.
 */
export const openRunCheckpoint: (
  run: string,
  options?: RunCheckpointOptions,
) => Effect.Effect<RunCheckpoint, RunCheckpointError> = Effect.fn(
  "openRunCheckpoint",
)(function* (run, { epoch, trained = false } = {}) {
  const settings = yield* readRun(run);
  const config = join(run, runFiles.config);
  const configuration = yield* parseConfiguration(settings, config);
  const store = folderStore(run);
  const { found, skipped } = yield* newestValid(
    store,
    ({ step, ...end }) =>
      step === undefined &&
      (epoch === undefined ? end.epoch > 0 || !trained : end.epoch === epoch),
  );
  if (found === undefined) {
    const ends = (yield* listCheckpoints(store))
      .filter(({ step }) => step === undefined);
    return yield* new NoCheckpointError({
      run,
      epoch,
      present: ends.map((end) => end.epoch),
    });
  }
  return {
    configuration,
    epoch: found.epoch,
    path: store.pathOf(found.path),
    tensors: found.tensors,
    skipped,
  };
});
