/**
 * A checkpoint of a run with the run's settings: what evaluating, exporting and
 * starting from a run begin with.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import { folderStore, loadTensors } from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import { parseConfiguration, type RunConfiguration } from "./configuration.ts";
import {
  type EpochEnd,
  type EpochEndOptions,
  openEpochEnd,
  type OpenEpochEndError,
} from "./epoch_end.ts";
import type { ConfigurationError } from "./errors.ts";
import { readRun, runFiles } from "./run_folder.ts";

/** The state of a run at the end of an epoch, with the run's settings. */
export interface RunCheckpoint extends Omit<EpochEnd<unknown>, "content"> {
  /** The run's settings. */
  readonly configuration: RunConfiguration;
  /** Its tensors. */
  readonly tensors: Tensors;
}

/** What {@link openRunCheckpoint} can fail with. */
export type RunCheckpointError = ConfigurationError | OpenEpochEndError;

/**
 * Opens a checkpoint of the end of an epoch, without the run's lock.
 *
 * @param run The run folder.
 * @param options See {@link EpochEndOptions}.
 * @returns The checkpoint, or `NoCheckpointError` when the run holds none that
 * is intact, or the errors of the run folder and its settings.
 */
export const openRunCheckpoint: (
  run: string,
  options?: EpochEndOptions,
) => Effect.Effect<RunCheckpoint, RunCheckpointError> = Effect.fn(
  "openRunCheckpoint",
)(function* (run, options = {}) {
  const config = join(run, runFiles.config);
  const configuration = yield* parseConfiguration(yield* readRun(run), config);
  const store = folderStore(run);
  const { content: { tensors }, ...end } = yield* openEpochEnd(
    run,
    options,
    (path) => loadTensors(store, path),
  );
  return { configuration, tensors, ...end };
});
