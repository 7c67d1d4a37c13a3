/**
 * Telling what a run has finished, and clearing away what it needs no more.
 *
 * @module
 */
import { CheckpointStore, prune } from "@deepcluster/checkpoint";
import type { ClusterReport } from "@deepcluster/clustering";
import { Effect } from "effect";
import type { ClusteringFiles, TrainingResult } from "./alternation.ts";
import { inEpoch } from "./paths.ts";
import { Run } from "./run.ts";

/**
 * Tells of a finished clustering, with its figures.
 *
 * @param epoch From 1.
 * @param files What the clustering left.
 * @returns Nothing, or the store's errors.
 */
export const tellClustered = Effect.fnUntraced(function* (
  epoch: number,
  { report, assignments }: typeof ClusteringFiles.Type,
) {
  const { tell } = yield* Run;
  const store = yield* CheckpointStore;
  const text = new TextDecoder().decode(yield* store.get(report));
  const figures: ClusterReport = JSON.parse(text);
  yield* tell({ type: "clustered", epoch, report: figures, assignments });
});

/**
 * Tells of a finished epoch of training.
 *
 * @param epoch From 1.
 * @param result What the training left.
 * @returns Nothing.
 */
export const tellTrained = Effect.fnUntraced(function* (
  epoch: number,
  result: typeof TrainingResult.Type,
) {
  const { tell } = yield* Run;
  yield* tell({ type: "trained", epoch, ...result });
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
