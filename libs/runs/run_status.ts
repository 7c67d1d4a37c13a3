/**
 * How far a run is: what its folder says at a glance, also while a process
 * works on it.
 *
 * An entry of its own (`@deepcluster/runs/status`), as it needs neither models
 * nor engines, nor the rules of the settings.
 *
 * @module
 */
import {
  folderStore,
  type StorageError,
  type TableError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { type Checkpoint, listCheckpoints } from "./checkpoints.ts";
import type { ConfigurationError } from "./errors.ts";
import type { ReadRunError } from "./run_folder.ts";
import { isBusy } from "./run_lock.ts";
import { type Metrics, readMetrics } from "./run_metrics.ts";
import { statedSettings } from "./stated_settings.ts";

/** How far a run is. */
export interface RunStatus {
  /** Its network. */
  readonly model: string;
  /** Where its images were when it was begun. */
  readonly images: string;
  /** Path of the model that it started from; absent for random weights. */
  readonly from?: string;
  /** Epochs that it is to have. */
  readonly epochs: number;
  /** Epochs that are trained. */
  readonly done: number;
  /** Whether a process works on it at this moment. */
  readonly isBusy: boolean;
  /** Its figures so far. */
  readonly metrics: readonly Metrics[];
  /** Its newest checkpoint by name; absent when there is none yet. */
  readonly newest?: Checkpoint;
}

/** What {@link readStatus} fails with. */
export type ReadStatusError =
  | ReadRunError
  | ConfigurationError
  | TableError
  | StorageError;

/**
 * Reads how far a run is, without its lock and without opening a checkpoint.
 *
 * @param folder The run folder.
 * @returns How far it is; or `ConfigurationError` when its settings do not say
 * what this needs, or the errors of `readRun`, `TableError` when a line of its
 * figures is damaged, or `StorageError`.
 */
export const readStatus: (
  folder: string,
) => Effect.Effect<RunStatus, ReadStatusError> = Effect.fn("readStatus")(
  function* (folder) {
    const { from, ...settings } = yield* statedSettings(folder);
    const store = folderStore(folder);
    const busy = yield* isBusy(folder);
    const metrics = yield* readMetrics(store);
    const [newest] = yield* listCheckpoints(store);
    return {
      ...settings,
      ...from !== undefined && { from: from.path },
      done: metrics.filter(({ event }) => event === "trained").length,
      isBusy: busy,
      metrics,
      ...newest !== undefined && { newest },
    };
  },
);
