/**
 * The checkpoint of the end of an epoch.
 *
 * An entry of its own (`@deepcluster/runs/epoch-end`), as it needs neither
 * models nor engines, nor the rules of the settings.
 *
 * @module
 */
import {
  type CorruptArtifactError,
  folderStore,
  type SafetensorsError,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import {
  listCheckpoints,
  newestOpened,
  type SkippedCheckpoint,
} from "./checkpoints.ts";
import { NoCheckpointError } from "./errors.ts";
import { readRun, type ReadRunError } from "./run_folder.ts";

/** The state of a run at the end of an epoch. */
export interface EpochEnd<Content> {
  /** The epoch; 0 before the first. */
  readonly epoch: number;
  /** The file. */
  readonly path: string;
  /** What it was opened as. */
  readonly content: Content;
  /** Newer checkpoints that are damaged, newest first. */
  readonly skipped: readonly SkippedCheckpoint[];
}

/** Which checkpoint {@link openEpochEnd} opens. */
export interface EpochEndOptions {
  /** Epoch at whose end it was saved. Default: the newest intact one. */
  readonly epoch?: number | undefined;
  /** Whether epoch 0, before any training, is no answer. Default: false. */
  readonly trained?: boolean;
}

/** What {@link openEpochEnd} can fail with. */
export type OpenEpochEndError = NoCheckpointError | ReadRunError | StorageError;

/**
 * Opens the checkpoint of the end of an epoch, without the run's lock.
 *
 * @typeParam Content What it is opened as.
 * @typeParam E What else opening it fails with.
 * @param run The run folder.
 * @param options See {@link EpochEndOptions}.
 * @param open Opens a file by its path in the run folder; `size` is the side
 * of the network's input, in pixels, where the settings state it.
 * @returns The checkpoint, or `NoCheckpointError` when the run holds none that
 * is intact, or the errors of `readRun`, or `StorageError`, or `E`.
 */
export const openEpochEnd: <Content, E>(
  run: string,
  options: EpochEndOptions,
  open: (
    path: string,
    size: number | undefined,
  ) => Effect.Effect<Content, CorruptArtifactError | SafetensorsError | E>,
) => Effect.Effect<EpochEnd<Content>, OpenEpochEndError | E> = Effect
  .fnUntraced(function* (run, { epoch, trained = false }, open) {
    // Whoever wrote the settings has checked them.
    const { size }: { readonly size?: unknown } = Object(yield* readRun(run));
    const store = folderStore(run);
    const { found, skipped } = yield* newestOpened(
      store,
      ({ step, ...end }) =>
        step === undefined &&
        (epoch === undefined ? end.epoch > 0 || !trained : end.epoch === epoch),
      (path) =>
        Effect.map(
          open(path, typeof size === "number" ? size : undefined),
          (content) => ({ content }),
        ),
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
      epoch: found.epoch,
      path: store.pathOf(found.path),
      content: found.content,
      skipped,
    };
  });
