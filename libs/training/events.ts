/**
 * What happens between the steps of a run: events of what is finished, and
 * removal of files that are no longer needed.
 *
 * @module
 */
import { parseReport } from "@deepcluster/clustering";
import { inEpoch, prune } from "@deepcluster/runs";
import { CheckpointStore } from "@deepcluster/storage";
import { Effect } from "effect";
import type { ClusteringFiles } from "./cluster_step.ts";
import { Run } from "./run.ts";
import type { TrainingResult } from "./train_step.ts";

/**
 * Emits the event of a finished clustering, with its figures.
 *
 * @param epoch From 1.
 * @param files What the clustering left.
 * @returns Nothing, or the errors of the store and of `onEvent`.
 */
export const emitClustered = Effect.fnUntraced(function* (
  epoch: number,
  { report, assignments }: typeof ClusteringFiles.Type,
) {
  const { onEvent } = yield* Run;
  const store = yield* CheckpointStore;
  const text = new TextDecoder().decode(yield* store.get(report));
  yield* onEvent({
    type: "clustered",
    epoch,
    report: parseReport(text),
    assignments,
  });
});

/**
 * Emits the event of a finished epoch of training.
 *
 * @param epoch From 1.
 * @param result What the training left.
 * @returns Nothing, or the errors of `onEvent`.
 */
export const emitTrained = Effect.fnUntraced(function* (
  epoch: number,
  result: typeof TrainingResult.Type,
) {
  const { onEvent } = yield* Run;
  yield* onEvent({ type: "trained", epoch, ...result });
});

/**
 * Removes checkpoints and clusterings but the newest ones. Tables of
 * assignments and figures stay.
 *
 * @param epoch The epoch that is finished.
 * @returns Nothing, or `StorageError`.
 */
export const removeOld = Effect.fnUntraced(function* (epoch: number) {
  const { keep } = yield* Run;
  const store = yield* CheckpointStore;
  yield* prune(store, keep);
  if (epoch > keep) {
    yield* store.remove(inEpoch("clusters", epoch - keep, ".safetensors"));
  }
});
