/**
 * The figures of a run, one JSON object a line in `metrics.jsonl`.
 *
 * @module
 */
import {
  type StorageError,
  type Store,
  TableError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { readLines } from "./json_lines.ts";
import { runFiles } from "./run_folder.ts";

/** One line of `metrics.jsonl`. */
export interface Metrics {
  /** What is finished: a clustering, or the training of an epoch. */
  readonly event: "clustered" | "trained";
  /** From 1. */
  readonly epoch: number;
  /** Figures by name. */
  readonly [figure: string]: string | number;
}

/**
 * Reads the figures of a run, which another process may be writing.
 *
 * @param store The run's store.
 * @returns Its lines so far, none when there is no file yet; or `TableError`
 * when a line is damaged, or `StorageError`.
 */
export const readMetrics: (
  store: Store,
) => Effect.Effect<readonly Metrics[], StorageError | TableError> = Effect.fn(
  "readMetrics",
)(function* (store) {
  const values = yield* readLines(store, runFiles.metrics);
  return yield* Effect.forEach(
    values,
    (value, i) =>
      isMetrics(value) ? Effect.succeed(value) : new TableError({
        path: store.pathOf(runFiles.metrics),
        line: i + 1,
        rule: "it must be a line of figures as `train` writes it",
        found: JSON.stringify(value).slice(0, 60),
      }),
  );
});

/** By hand, so that `status` need not load a library for it. */
const isMetrics = (value: unknown): value is Metrics => {
  if (typeof value !== "object" || value === null) return false;
  const figures = value as Readonly<Record<string, unknown>>;
  const { epoch, event, nmiToLabels = 0 } = figures;
  const numbers = event === "trained"
    ? [figures["loss"], figures["accuracy"], figures["steps"]]
    : [nmiToLabels];
  return (event === "clustered" || event === "trained") &&
    Number.isInteger(epoch) && Number(epoch) >= 1 &&
    numbers.every((figure) => typeof figure === "number") &&
    Object.values(figures).every((figure) =>
      typeof figure === "number" || typeof figure === "string"
    );
};
