/**
 * The figures of a run's clusterings, one file for each epoch:
 * `clusters/epoch-0003.json`.
 *
 * @module
 */
import { type ClusterReport, parseReport } from "@deepcluster/clustering";
import { inEpoch } from "@deepcluster/runs";
import {
  type StorageError,
  type Store,
  TableError,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";

const count = "number.integer >= 0" as const;

/** A report as it is written; versions before wrote no `dimensions`. */
const Written = type({
  points: count,
  "dimensions?": count,
  k: count,
  lnK: "number",
  nonEmpty: count,
  empties: count,
  sizes: {
    minimum: count,
    median: "number",
    maximum: count,
    histogram: type({ from: count, to: count, clusters: count }).array(),
    largest: type({ cluster: count, size: count }).array(),
  },
  imbalance: "number",
  splits: count,
  loss: "number",
  iterations: type({
    loss: "number",
    splits: count,
    moved: "number",
    imbalance: "number",
  }).array(),
  "moved?": "number",
  "nmiToPrevious?": "number",
});

/**
 * Reads the figures of a clustering.
 *
 * @param store The run's store.
 * @param epoch From 1.
 * @returns The figures, or `TableError` when the file is damaged, or
 * `StorageError`.
 */
export const readClusterReport: (
  store: Store,
  epoch: number,
) => Effect.Effect<ClusterReport, StorageError | TableError> = Effect.fn(
  "readClusterReport",
)(function* (store, epoch) {
  const path = inEpoch("clusters", epoch, ".json");
  const text = new TextDecoder().decode(yield* store.read(path));
  const damaged = (before: string, found: string) =>
    new TableError({
      path: store.pathOf(path),
      line: before.split("\n").length,
      rule: "it must hold the figures of a clustering as `train` writes them",
      found,
    });
  const json = yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: (cause) => damaged(text.slice(0, placeIn(cause)), String(cause)),
  });
  const written = Written(json);
  if (!(written instanceof type.errors)) return parseReport(text);
  const [first] = written;
  const place = text.indexOf(`"${String(first!.path[0])}"`);
  return yield* damaged(text.slice(0, Math.max(0, place)), first!.message);
});

/** Where JSON ends being such, by the engine's message; else at its end. */
const placeIn = (cause: unknown): number | undefined => {
  const [, place] = /at position (\d+)/.exec(String(cause)) ?? [];
  return place === undefined ? undefined : Number(place);
};
