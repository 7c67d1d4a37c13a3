/**
 * Carrying a run to its end, whether it is new or goes on.
 *
 * @module
 */
import {
  differences,
  folderStore,
  kindOf,
  readRun,
  runFiles,
  saveConfiguration,
} from "@deepcluster/checkpoint";
import { dimensionsWarning } from "@deepcluster/clustering";
import { type Labels, openSource } from "@deepcluster/data";
import { layerBackend } from "@deepcluster/gpu-backend";
import {
  atLeast,
  fromHere,
  layerProgress,
  notNegative,
  switchFlag,
  typed,
} from "@deepcluster/terminal";
import {
  deepCluster,
  networkOf,
  openImages,
  parseConfiguration,
  type RunConfiguration,
} from "@deepcluster/training";
import { Console, Effect, Layer, Option } from "effect";
import { Flag } from "effect/cli";
import { join } from "node:path";
import { openMetrics } from "./metrics.ts";
import {
  layerNotedProgress,
  layerObservability,
  noteMetrics,
} from "./observability.ts";
import { writeSheet } from "./sheet.ts";
import { runSummary } from "./summary.ts";
import { sayTrainingNotes } from "./training_notes.ts";

/** Flags that say how a run is carried out; none changes its results. */
export const operationFlags = {
  json: switchFlag("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print the results as JSON"),
  ),
  keep: atLeast("keep", 2).pipe(
    Flag.withDefault(3),
    Flag.withDescription("Checkpoints to keep (3)"),
  ),
  saveEvery: notNegative("save-every").pipe(
    Flag.withDefault(300),
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("Time between saves within an epoch (300)"),
  ),
  cache: atLeast("cache", 0).pipe(
    Flag.withDefault(1024),
    Flag.withMetavar("MIB"),
    Flag.withDescription("Memory for decoded images (1024)"),
  ),
  prometheus: Flag.String("prometheus").pipe(
    Flag.optional,
    Flag.withMetavar("FILE"),
    Flag.withDescription("Keep metrics in a Prometheus text file"),
  ),
  otlp: Flag.String("otlp").pipe(
    Flag.optional,
    Flag.withMetavar("URL"),
    Flag.withDescription("Send metrics and traces to an OpenTelemetry URL"),
  ),
};

/** What {@link operationFlags} parse to. */
export interface OperationValues {
  readonly json: boolean;
  readonly keep: number;
  readonly saveEvery: number;
  readonly cache: number;
  readonly prometheus: Option.Option<string>;
  readonly otlp: Option.Option<string>;
}

/**
 * Trains until the last epoch, draws the clusters and prints what came out.
 *
 * @param folder The run folder, whose lock the scope holds.
 * @param configuration The run's settings.
 * @param operation What was asked for on the command line.
 * @param prepare What is done first, once the engine is known to work.
 * @returns The figures of every clustering and epoch, or the error of what
 * failed.
 */
export const runToEnd = Effect.fnUntraced(function* <E = never, R = never>(
  folder: string,
  configuration: RunConfiguration,
  operation: OperationValues,
  prepare: Effect.Effect<void, E, R> = Effect.void,
) {
  const { metrics, checkpoint } = yield* Effect.andThen(
    prepare,
    learn(folder, configuration, operation),
  ).pipe(
    Effect.provide(layersFor(configuration, operation)),
    Effect.onInterrupt(() => sayHowToGoOn(folder, configuration)),
  );
  const summary = runSummary(folder, checkpoint.path, metrics);
  yield* Console.log(
    operation.json ? JSON.stringify(summary.json) : summary.text,
  );
  return metrics;
});

/**
 * Opens what a configuration names, without looking at any image.
 *
 * @param configuration The run's settings.
 * @returns The images and, apart from them, their labels; or the error of the
 * folder, manifest or file.
 */
export const openImagesOf = (
  { folderReading, format, images, labelColumn, limit, pathColumn }:
    RunConfiguration,
): ReturnType<typeof openSource> =>
  openSource(images, {
    limit,
    reading: folderReading ?? "all files",
    ...format !== undefined && { format },
    ...labelColumn !== undefined && { labelField: labelColumn },
    ...pathColumn !== undefined && { pathField: pathColumn },
  });

const learn = Effect.fnUntraced(function* (
  folder: string,
  configuration: RunConfiguration,
  { keep, saveEvery, cache }: OperationValues,
) {
  const opened = yield* openImagesOf(configuration);
  const { labels, source } = opened;
  yield* sayTrainingNotes(opened);
  const images = yield* openImages(folder, configuration, source, {
    cacheBytes: cache * 2 ** 20,
  });
  yield* rememberSettings(folder, configuration);
  const { featureSize } = yield* networkOf(configuration);
  const noise = dimensionsWarning(images.size, featureSize, configuration.pca);
  if (noise !== undefined) yield* Effect.logWarning(noise);
  if (images.unreadable > 0) {
    yield* Effect.logWarning(
      `Left out ${images.unreadable} unreadable images: see ${
        join(folder, runFiles.unreadable)
      }`,
    );
  }
  const classes = labels && labelsOf(labels, images.usable);
  const metrics = yield* openMetrics(folderStore(folder), classes);
  const { checkpoint } = yield* deepCluster(
    folder,
    configuration,
    images,
    {
      keep,
      saveEveryMs: saveEvery * 1000,
      tell: (event) => Effect.flatMap(metrics.write(event), noteMetrics),
    },
  );
  yield* writeSheet(folder, configuration.epochs, images, classes);
  return { metrics: metrics.lines, checkpoint };
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
  positions: Int32Array,
): Labels => ({
  names,
  classes: positions.map((position) => classes[position]!),
});

const layersFor = (
  { engine, provider, threads }: RunConfiguration,
  { otlp, prometheus }: OperationValues,
) =>
  Layer.mergeAll(
    layerBackend({ engine, provider, threads }),
    layerNotedProgress.pipe(Layer.provide(layerProgress())),
    layerObservability(Option.map(prometheus, fromHere), otlp),
  );

/**
 * Where there is a run already. Images and epochs that were named for this
 * process, but are not kept in the run yet, must be named again.
 */
const sayHowToGoOn = Effect.fnUntraced(function* (
  folder: string,
  configuration: RunConfiguration,
) {
  if ((yield* kindOf(join(folder, runFiles.config))) === "nothing") return;
  const { images, epochs } = configuration;
  const inRun = yield* parseConfiguration(yield* readRun(folder), folder);
  const flags = (inRun.images === images ? "" : ` --images ${typed(images)}`) +
    (inRun.epochs === epochs ? "" : ` --epochs ${epochs}`);
  yield* Console.error(
    `Saved. Go on with: deno task resume ${typed(folder)}${flags}`,
  );
}, (said) => Effect.ignore(said));
