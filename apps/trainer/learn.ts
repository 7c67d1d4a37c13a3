/**
 * The work between the start of a run and its summary, on whichever services
 * it is provided with.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import type { Labels } from "@deepcluster/data";
import {
  networkOf,
  openImagesOf,
  readRun,
  type RunConfiguration,
  runFiles,
  RunFolder,
  saveConfiguration,
} from "@deepcluster/runs";
import { CheckpointStore, differences } from "@deepcluster/storage";
import { deepCluster, openImages } from "@deepcluster/training";
import { Effect } from "effect";
import { join } from "node:path";
import { settingFindings } from "./doctor_findings.ts";
import { machine } from "./doctor_machine.ts";
import { openMetrics } from "./metrics.ts";
import { noteMetrics } from "./observability.ts";
import { type RunRecorder, startRecorder } from "./run_recorder.ts";
import { writeSheet } from "./sheet.ts";
import { sayTrainingNotes } from "./training_notes.ts";

/** How {@link learn} works; nothing here changes its results. */
export interface LearnOptions {
  /** Checkpoints to keep. */
  readonly keep: number;
  /** Seconds between two saves within an epoch. */
  readonly saveEvery: number;
  /** Memory for decoded images, in MiB. */
  readonly imageMemory: number;
}

/**
 * Trains until the last epoch, writes the metrics of every epoch and draws the
 * clusters.
 *
 * @param configuration The run's settings.
 * @param options See {@link LearnOptions}.
 * @returns The metrics and the last checkpoint, or the error of what failed.
 */
export const learn = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
  { keep, saveEvery, imageMemory }: LearnOptions,
) {
  const { path: folder } = yield* RunFolder;
  const recorder = yield* startRecorder(folder);
  const opened = yield* openImagesOf(configuration, folder);
  const { labels, source } = opened;
  yield* sayTrainingNotes(opened);
  yield* warnOfSettings(configuration, source.ids.length);
  const images = yield* openImages(configuration, source, {
    cacheBytes: imageMemory * 2 ** 20,
  }).pipe(recorded(recorder));
  yield* rememberSettings(folder, configuration);
  if (images.unreadable > 0) {
    yield* Effect.logWarning(
      `Left out ${images.unreadable} unreadable images: see ${
        join(folder, runFiles.unreadable)
      }`,
    );
  }
  const classes = labels && labelsOf(labels, images.usable);
  const metrics = yield* openMetrics(yield* CheckpointStore, classes);
  const { checkpoint } = yield* deepCluster(configuration, images, {
    keep,
    saveEveryMs: saveEvery * 1000,
    onEvent: (event) =>
      Effect.andThen(recorder.mark, metrics.write(event)).pipe(
        Effect.flatMap(noteMetrics),
        Effect.andThen(recorder.mark),
      ),
  }).pipe(recorded(recorder));
  yield* writeSheet(folder, configuration.epochs, images, classes);
  return { metrics: metrics.lines, checkpoint };
});

/** Notes the phases of some work; the last one ends with it. */
const recorded =
  ({ observe, mark }: RunRecorder) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Progress> =>
    Effect.updateService(Effect.ensuring(work, mark), Progress, observe);

/** Says what `doctor` warns of, before the first pass over the images. */
const warnOfSettings = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
  images: number,
) {
  const { featureSize } = yield* networkOf(configuration);
  const computer = yield* machine;
  for (
    const { level, text } of settingFindings(
      configuration,
      images,
      computer,
      featureSize,
    )
  ) {
    if (level === "warning") yield* Effect.logWarning(text);
  }
});

/** Images that were moved, and epochs that were added, are kept in the run. */
const rememberSettings = Effect.fnUntraced(function* (
  folder: string,
  configuration: RunConfiguration,
) {
  const changes = differences(yield* readRun(folder), configuration);
  if (changes.length > 0) yield* saveConfiguration(folder, configuration);
});

/** The labels of some of a source's images. */
const labelsOf = (
  { names, classes }: Labels,
  indices: Int32Array,
): Labels => ({
  names,
  classes: indices.map((index) => classes[index]!),
});
