/**
 * Evaluations that are kept in run folders, side by side.
 *
 * `evaluate` keeps what it prints in the run's folder `evaluations`; figures of
 * the same protocol on the same images are compared, others are not.
 *
 * @module
 */
import { folderStore, type StorageError } from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";

/** A figure of one run. */
export interface KeptFigure {
  /** Mean over the seeds. */
  readonly value: number;
  /** Interval that holds the figure with 95 %, where it was computed. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** Epoch of the run that was evaluated. */
  readonly epoch: number;
}

/** One figure of each run. */
export interface EvaluationRow {
  /** Command that gives it: `knn` for `evaluate knn`. */
  readonly command: string;
  /** What was measured, and how. */
  readonly protocol: string;
  /** Layer whose features were evaluated. */
  readonly layer: string;
  /** Images that were learned from, and tested on. */
  readonly data: string;
  /** Such as `top-1 accuracy`. */
  readonly statistic: string;
  /** That of each run; absent where it is not kept. */
  readonly figures: readonly (KeptFigure | undefined)[];
}

const Kept = type("string.json.parse").to({
  command: "string",
  epoch: "number",
  figures: type({
    layer: "string",
    protocol: "string",
    split: "string",
    images: "number",
    classes: "number",
    statistic: "string",
    value: "number",
    "interval?": { low: "number", high: "number" },
  }).array(),
});

/**
 * Reads the evaluations of runs.
 *
 * @param folders Run folders.
 * @returns A row for each figure that some run has, of the newest evaluation
 * of each; or `StorageError`. Files of other shapes are passed over with a
 * warning.
 */
export const keptEvaluations: (
  folders: readonly string[],
) => Effect.Effect<readonly EvaluationRow[], StorageError> = Effect.fn(
  "keptEvaluations",
)(function* (folders) {
  const rows = new Map<string, EvaluationRow>();
  for (const [run, folder] of folders.entries()) {
    const store = folderStore(folder);
    const files = (yield* store.list("evaluations/")).toSorted();
    // Folders beside the evaluations hold features.
    const evaluation = /^evaluations\/[^/]+\.json$/;
    for (const file of files.filter((name) => evaluation.test(name))) {
      const kept = Kept(new TextDecoder().decode(yield* store.read(file)));
      if (kept instanceof type.errors) {
        yield* Effect.logWarning(
          `Passed over ${store.pathOf(file)}: ${kept.summary}`,
        );
        continue;
      }
      for (const figure of kept.figures) {
        const { layer, protocol, statistic } = figure;
        const data = `${figure.images} images of ${figure.classes} classes, ` +
          figure.split;
        const key = [protocol, layer, data, statistic].join("\n");
        const row = rows.get(key) ?? {
          command: kept.command,
          protocol,
          layer,
          data,
          statistic,
          figures: folders.map(() => undefined),
        };
        const { value, interval } = figure;
        rows.set(key, {
          ...row,
          figures: row.figures.with(run, {
            value,
            ...interval && { interval },
            epoch: kept.epoch,
          }),
        });
      }
    }
  }
  return [...rows.values()];
});
