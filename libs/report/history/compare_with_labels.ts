/**
 * The clusters of every epoch compared with labels that a run was not told, or
 * with others than it was told. For evaluation only.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import type { Labels } from "@deepcluster/data";
import { type LabelCountError, nmi } from "@deepcluster/metrics";
import {
  assignmentEpochs,
  readAssignedClusters,
  type ReadAssignmentsError,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { Effect } from "effect";
import type { RunHistory } from "./history.ts";

/** What {@link compareWithLabels} can fail with. */
export type CompareWithLabelsError = LabelCountError | ReadAssignmentsError;

/**
 * Replaces the NMI to the labels in a history.
 *
 * Reads the table of every epoch: a million images take a second an epoch.
 *
 * @param history The history of a run.
 * @param labels Classes of the run's images, -1 where there is none.
 * @returns The history with these labels; epochs whose tables were removed
 * have none. Or `LabelCountError` when there are not as many labels as images,
 * or the errors of the tables.
 */
export const compareWithLabels: (
  history: RunHistory,
  labels: Labels,
) => Effect.Effect<RunHistory, CompareWithLabelsError, Progress> = Effect.fn(
  "compareWithLabels",
)(function* (history, { classes }) {
  const store = folderStore(history.folder);
  const present = new Set(yield* assignmentEpochs(store));
  const progress = yield* Progress;
  const total = history.epochs.length;
  const report = (done: number) =>
    progress.report({ phase: "labels", done, total, unit: "epochs" });
  yield* report(0);
  const epochs = yield* Effect.forEach(
    history.epochs,
    Effect.fnUntraced(function* ({ nmiToLabels: _, ...epoch }, i) {
      const compared = present.has(epoch.epoch) && {
        nmiToLabels: yield* nmi(
          yield* readAssignedClusters(store, epoch.epoch),
          classes,
          { ignoreNegative: true },
        ),
      };
      yield* report(i + 1);
      return { ...epoch, ...compared };
    }),
  );
  return { ...history, epochs };
});
