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
  return yield* Effect.forEach(values, (value, i) => {
    const found = brokenLine(value);
    if (found === undefined) return Effect.succeed(value as Metrics);
    return new TableError({
      path: store.pathOf(runFiles.metrics),
      line: i + 1,
      rule: "it must be a line of figures as `train` writes it",
      found,
    });
  });
});

/** By hand, so that `status` need not load a library for it. */
const brokenLine = (value: unknown): string | undefined => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `must be an object (was ${shown(value)})`;
  }
  const figures = value as Readonly<Record<string, unknown>>;
  const { epoch, event } = figures;
  if (event !== "clustered" && event !== "trained") {
    return `event must be "clustered" or "trained" (was ${shown(event)})`;
  }
  if (!Number.isInteger(epoch) || Number(epoch) < 1) {
    return `epoch must be an integer >= 1 (was ${shown(epoch)})`;
  }
  const numbers = event === "trained"
    ? ["loss", "accuracy", "steps"]
    : "nmiToLabels" in figures
    ? ["nmiToLabels"]
    : [];
  const wrong = numbers.find((name) => typeof figures[name] !== "number");
  if (wrong !== undefined) {
    return `${wrong} must be a number (was ${shown(figures[wrong])})`;
  }
  const other = Object.keys(figures).find((name) =>
    !["number", "string"].includes(typeof figures[name])
  );
  return other === undefined
    ? undefined
    : `${other} must be a number or text (was ${shown(figures[other])})`;
};

const shown = (value: unknown): string =>
  value === undefined ? "missing" : JSON.stringify(value).slice(0, 60);
