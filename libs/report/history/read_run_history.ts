/**
 * Reads the history of a run from its folder, also while a process works on
 * it.
 *
 * A run has one history, however often it was killed, resumed or made longer:
 * its files hold every epoch once.
 *
 * @module
 */
import type { ClusterReport } from "@deepcluster/clustering";
import {
  type ConfigurationError,
  isBusy,
  type Metrics,
  parseConfiguration,
  readLeftOut,
  readMetrics,
  readProgress,
  readRun,
  type ReadRunError,
  readTimings,
  runFiles,
} from "@deepcluster/runs";
import {
  folderStore,
  type StorageError,
  type TableError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import { readClusterReport } from "./cluster_reports.ts";
import type { EpochHistory, RunHistory } from "./history.ts";

/** What {@link readRunHistory} can fail with. */
export type ReadRunHistoryError =
  | ConfigurationError
  | ReadRunError
  | StorageError
  | TableError;

/**
 * Reads the history of a run.
 *
 * @param folder The run folder, on which a process may work.
 * @returns The history; what versions before did not note is absent. Or
 * `TableError`, which names file and line, when a file is damaged, or the
 * errors of the run folder and its settings.
 */
export const readRunHistory: (
  folder: string,
) => Effect.Effect<RunHistory, ReadRunHistoryError> = Effect.fn(
  "readRunHistory",
)(function* (folder) {
  const configuration = yield* parseConfiguration(
    yield* readRun(folder),
    join(folder, runFiles.config),
  );
  const store = folderStore(folder);
  const busy = yield* isBusy(folder);
  const metrics = yield* readMetrics(store);
  const { processes, phases } = yield* readTimings(store);
  const progress = yield* readProgress(store);
  const trained = metrics.filter(({ event }) => event === "trained");
  const epochs = yield* Effect.forEach(
    metrics.filter(({ event }) => event === "clustered"),
    Effect.fnUntraced(function* (line) {
      const { epoch } = line;
      const report = yield* readClusterReport(store, epoch);
      const training = trained.find((line) => line.epoch === epoch);
      return epochOf(line, report, training, phases.get(epoch) ?? []);
    }),
  );
  const [survey] = phases.get(0) ?? [];
  return {
    folder,
    configuration,
    state: trained.length >= configuration.epochs
      ? "finished"
      : busy
      ? "running"
      : "stopped",
    epochs,
    processes,
    ...survey && { survey },
    ...progress && { progress },
    unreadable: (yield* readLeftOut(store)).length,
  };
});

const epochOf = (
  { epoch, nmiToLabels }: Metrics,
  report: ClusterReport,
  training: Metrics | undefined,
  phases: EpochHistory["phases"],
): EpochHistory => ({
  epoch,
  report,
  ...nmiToLabels !== undefined && { nmiToLabels: Number(nmiToLabels) },
  ...training && {
    training: {
      loss: Number(training["loss"]),
      accuracy: Number(training["accuracy"]),
      steps: Number(training["steps"]),
    },
  },
  phases,
});
