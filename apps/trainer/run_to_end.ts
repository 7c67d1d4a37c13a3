/**
 * Carrying a run to its end, whether it is new or goes on.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { layerBackend } from "@deepcluster/gpu-backend";
import {
  layerRunFolder,
  parseConfiguration,
  readRun,
  type RunConfiguration,
  runFiles,
  softwareFlag,
} from "@deepcluster/runs";
import { kindOf } from "@deepcluster/storage";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  layerProgress,
  notNegative,
  optionalFlag,
  switchFlag,
  typed,
} from "@deepcluster/terminal";
import { Console, Effect, Layer, Option, Schema } from "effect";
import { Flag } from "effect/cli";
import { join } from "node:path";
import { learn } from "./learn.ts";
import { layerNotedProgress, layerObservability } from "./observability.ts";
import { runSummary } from "./summary.ts";

/** Flags that say how a run is carried out; none changes its results. */
export const operationFlags = {
  json: flagWithDefault(switchFlag("json"), false, "Print the results as JSON"),
  keep: flagWithDefault(
    atLeast("keep", 2),
    3,
    "Checkpoints of epochs to keep",
  ),
  saveEvery: flagWithDefault(
    notNegative("save-every").pipe(Flag.withMetavar("SECONDS")),
    300,
    "Time between two saves within an epoch",
  ),
  imageMemory: flagWithDefault(
    atLeast("image-memory", 0).pipe(Flag.withMetavar("MIB")),
    1024,
    "Memory for decoded images",
  ),
  software: softwareFlag,
  report: flagWithDefault(
    switchFlag("report"),
    false,
    "Write the run's report after every epoch, and with the map at the end",
  ),
  prometheus: optionalFlag(
    Flag.String("prometheus").pipe(Flag.withMetavar("FILE")),
    "Write the figures to a Prometheus text file as well",
  ),
  otlp: optionalFlag(
    Flag.String("otlp").pipe(Flag.withMetavar("URL")),
    "Send metrics and traces to an OpenTelemetry collector",
  ),
};

/** What {@link operationFlags} parse to. */
export interface OperationValues {
  readonly json: boolean;
  readonly keep: number;
  readonly saveEvery: number;
  readonly imageMemory: number;
  readonly software: boolean;
  readonly report: boolean;
  readonly prometheus: Option.Option<string>;
  readonly otlp: Option.Option<string>;
}

/** All images of a run look the same to its network. */
export class EqualImagesError
  extends Schema.TaggedError<EqualImagesError>()("EqualImagesError", {
    images: Schema.Int,
  }) {
  /** The rule and the number of images. */
  override get message(): string {
    return "Cannot cluster the images as at least two of them must differ: " +
      `the features of all ${this.images} images are equal`;
  }
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
    learn(configuration, operation).pipe(
      Effect.provide([layerRunFolder(folder), Assigner.layerBackend]),
      Effect.catchTags({
        ConstantFeaturesError: ({ points }) =>
          Effect.fail(new EqualImagesError({ images: points })),
      }),
    ),
  ).pipe(
    Effect.provide(layersFor(configuration, operation)),
    Effect.onInterrupt(() => sayHowToGoOn(folder, configuration, operation)),
  );
  const summary = runSummary(folder, checkpoint.path, metrics);
  yield* Console.log(
    operation.json ? JSON.stringify(summary.json) : summary.text,
  );
  return metrics;
});

const layersFor = (
  { engine, provider, threads }: RunConfiguration,
  { otlp, prometheus, software }: OperationValues,
) =>
  Layer.mergeAll(
    layerBackend({ engine, provider, threads, software }),
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
  { software }: OperationValues,
) {
  if ((yield* kindOf(join(folder, runFiles.config))) === "nothing") return;
  const { images, epochs } = configuration;
  const inRun = yield* parseConfiguration(yield* readRun(folder), folder);
  const flags = (inRun.images === images ? "" : ` --images ${typed(images)}`) +
    (inRun.epochs === epochs ? "" : ` --epochs ${epochs}`) +
    (software ? " --software" : "");
  yield* Console.error(
    `Saved. Go on with: deno task resume ${typed(folder)}${flags}`,
  );
}, (said) => Effect.ignore(said));
