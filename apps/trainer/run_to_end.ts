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
} from "@deepcluster/runs";
import { kindOf } from "@deepcluster/storage";
import { fromHere, layerProgress, typed } from "@deepcluster/terminal";
import { Console, Effect, Layer, Option, Schema } from "effect";
import { join } from "node:path";
import { learn } from "./learn.ts";
import { layerNotedProgress, layerObservability } from "./observability.ts";
import type { OperationValues } from "./operation_flags.ts";
import { runSummary } from "./summary.ts";

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
    `Stopped. Go on with: deno task resume ${typed(folder)}${flags}`,
  );
}, (said) => Effect.ignore(said));
