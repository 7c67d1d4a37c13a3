/**
 * The services of a run that lives in a folder on this machine: what
 * `deepCluster` requires besides an engine, an assigner and progress.
 *
 * @module
 */
import { CheckpointStore } from "@deepcluster/storage";
import { Context, Effect, Layer } from "effect";
import type { WorkflowEngine } from "effect/workflow";
import { join } from "node:path";
import { type Journal, type JournalError, openJournal } from "./journal.ts";
import { runFiles } from "./run_folder.ts";
import { layerJournaled } from "./workflow_engine.ts";

/** The folder on this machine of the run that is under way. */
export class RunFolder extends Context.Service<RunFolder, {
  /** Its path: raw features are spilled below it, and messages name it. */
  readonly path: string;
  /** What the run has finished. */
  readonly journal: Journal;
}>()("@deepcluster/runs/RunFolder") {
  /**
   * Opens the journal of a run folder while the layer lasts.
   *
   * @param path The run folder, whose lock the caller holds.
   */
  static readonly layer = (
    path: string,
  ): Layer.Layer<RunFolder, JournalError> =>
    Layer.effect(
      RunFolder,
      openJournal(join(path, runFiles.journal)).pipe(
        Effect.map((journal) => ({ path, journal })),
      ),
    );
}

/**
 * Everything that a run needs of its folder: files, journal and workflow
 * engine.
 *
 * `createRun` or `openRun` must have been called in the same scope: that holds
 * the run's lock. Provide it to each `deepCluster` anew, for an engine carries
 * out a run once.
 *
 * @param path The run folder.
 * @returns The layer, or the errors of the journal.
 */
export const layerRunFolder = (
  path: string,
): Layer.Layer<
  RunFolder | CheckpointStore | WorkflowEngine.WorkflowEngine,
  JournalError
> =>
  Layer.unwrap(
    // Made anew in each call: layers that are the same value are built once.
    Effect.map(RunFolder, ({ journal }) => layerJournaled(journal)),
  ).pipe(
    Layer.provideMerge(RunFolder.layer(path)),
    Layer.merge(CheckpointStore.layerFolder(path)),
  );
