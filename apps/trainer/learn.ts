/**
 * The work between the start of a run and its summary, on whichever services
 * it is provided with.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import { ImageMemory, type Labels } from "@deepcluster/data";
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
import { Effect, identity } from "effect";
import { join } from "node:path";
import { settingFindings } from "./doctor_findings.ts";
import { machine } from "./doctor_machine.ts";
import { openMetrics } from "./metrics.ts";
import { noteMetrics } from "./observability.ts";
import { keepReport, type ReportServices } from "./report.ts";
import { type RunRecorder, startRecorder } from "./run_recorder.ts";
import { writeSheet } from "./sheet.ts";
import { sayTrainingNotes } from "./training_notes.ts";
import { sayOtherVersion } from "./version_note.ts";

/** How {@link learn} works; nothing here changes its results. */
export interface LearnOptions {
  /** Checkpoints to keep. */
  readonly keep: number;
  /** Seconds between two saves within an epoch. */
  readonly saveEvery: number;
  /** Memory for decoded images, in MiB. */
  readonly imageMemory: number;
  /**
   * Whether the run's report is written after every epoch, with the map at the
   * end. Default: false.
   */
  readonly report?: boolean;
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
  options: LearnOptions,
) {
  const { path } = yield* RunFolder;
  yield* sayOtherVersion(yield* CheckpointStore, configuration.epochs);
  const recorder = yield* startRecorder(path);
  return yield* learnRecorded(configuration, options, recorder).pipe(
    Effect.ensuring(recorder.mark),
    (work) => Effect.updateService(work, Progress, recorder.observe),
    options.report === true ? rememberingImages : identity,
  );
});

/** Its reports then look at no image that it has looked at for training. */
const rememberingImages = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.updateService(work, ImageMemory, (memory) => memory ?? {});

const learnRecorded = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
  { keep, saveEvery, imageMemory, report = false }: LearnOptions,
  recorder: RunRecorder,
) {
  const { path: folder } = yield* RunFolder;
  const opened = yield* openImagesOf(configuration, folder);
  const { labels, source } = opened;
  yield* sayTrainingNotes(opened);
  yield* warnOfSettings(configuration, source.ids.length);
  const images = yield* openImages(configuration, source, {
    cacheBytes: imageMemory * 2 ** 20,
  });
  yield* recorder.mark;
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
  const services = yield* Effect.context<ReportServices>();
  const { checkpoint } = yield* deepCluster(configuration, images, {
    keep,
    saveEveryMs: saveEvery * 1000,
    onEvent: Effect.fnUntraced(function* (event) {
      yield* recorder.mark;
      const known = metrics.lines.length;
      yield* noteMetrics(yield* metrics.write(event));
      const isNew = metrics.lines.length > known;
      const isLast = event.epoch === configuration.epochs;
      if (report && isNew && event.type === "trained" && !isLast) {
        yield* keepReport(folder, { finished: false }).pipe(
          Effect.provideContext(services),
        );
      }
      yield* recorder.mark;
    }),
  });
  yield* writeSheet(folder, configuration.epochs, images, classes);
  if (report) yield* keepReport(folder, { finished: true });
  return { metrics: metrics.lines, checkpoint };
});

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
