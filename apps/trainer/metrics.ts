/**
 * Writes the figures of a run, one JSON object a line in `metrics.jsonl`.
 *
 * Labels, where the images have some, are compared with the clusters here and
 * nowhere else: after a clustering is finished, for evaluation only.
 *
 * A resumed run reports its past again; what is in the file is not written
 * twice. The file is replaced as a whole, so no line is ever cut off.
 *
 * @module
 */
import type { Labels } from "@deepcluster/data";
import { nmi } from "@deepcluster/metrics";
import {
  type Metrics,
  readAssignments,
  readMetrics,
  runFiles,
} from "@deepcluster/runs";
import type { Store } from "@deepcluster/storage";
import type { RunEvent } from "@deepcluster/training";
import { Effect } from "effect";

/**
 * Opens the figures of a run, those of an earlier process included.
 *
 * @param store The run's store.
 * @param labels Classes of the run's images, for evaluation.
 * @returns The lines so far, and `write`, which turns an event into a line.
 */
export const openMetrics = Effect.fnUntraced(function* (
  store: Store,
  labels: Labels | undefined,
) {
  const lines = [...yield* readMetrics(store)];
  const evaluate = Effect.fnUntraced(function* (epoch: number) {
    if (labels === undefined) return {};
    const { clusters } = yield* readAssignments(store, epoch);
    const options = { ignoreNegative: true };
    return { nmiToLabels: yield* nmi(clusters, labels.classes, options) };
  }, Effect.catchTags({ TableError: Effect.die, LabelCountError: Effect.die }));
  const write = Effect.fnUntraced(function* (event: RunEvent) {
    const known = lines.find((line) =>
      line.event === event.type && line.epoch === event.epoch
    );
    if (known) return known;
    const evaluated = event.type === "clustered"
      ? yield* evaluate(event.epoch)
      : {};
    const line: Metrics = { ...figuresOf(event), ...evaluated };
    lines.push(line);
    const text = lines.map((line) => JSON.stringify(line) + "\n").join("");
    yield* store.put(runFiles.metrics, new TextEncoder().encode(text));
    return line;
  });
  return { lines, write };
});

/** The figures of an event that fit on a line. */
const figuresOf = (event: RunEvent): Metrics => {
  if (event.type === "trained") {
    const { epoch, loss, accuracy, steps } = event;
    return { event: "trained", epoch, loss, accuracy, steps };
  }
  const { epoch, report } = event;
  const { points, k, nonEmpty, splits, imbalance, loss, sizes } = report;
  // Runs of earlier versions have no such figure.
  const { dimensions }: Partial<typeof report> = report;
  return {
    event: "clustered",
    epoch,
    images: points,
    ...dimensions !== undefined && { dimensions },
    clusters: k,
    nonEmpty,
    splits,
    imbalance,
    kmeansLoss: loss,
    smallest: sizes.minimum,
    largest: sizes.maximum,
    ...report.reassignedFraction !== undefined &&
      { moved: report.reassignedFraction },
    ...report.nmiToPrevious !== undefined &&
      { nmiToPrevious: report.nmiToPrevious },
  };
};
