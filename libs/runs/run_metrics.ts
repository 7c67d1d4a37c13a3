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
import { type } from "arktype";
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

const Line = type({
  event: "'clustered'",
  epoch: "number.integer >= 1",
  "nmiToLabels?": "number",
  "[string]": "string | number",
}).or({
  event: "'trained'",
  epoch: "number.integer >= 1",
  loss: "number",
  accuracy: "number",
  steps: "number",
  "[string]": "string | number",
});

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
  return yield* Effect.forEach(values, (value, i) => {
    const line = Line(value);
    return line instanceof type.errors
      ? new TableError({
        path: store.pathOf(runFiles.metrics),
        line: i + 1,
        rule: "it must be a line of figures as `train` writes it",
        found: line.summary,
      })
      : Effect.succeed<Metrics>(line);
  });
});
