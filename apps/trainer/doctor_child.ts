/**
 * The process in which `doctor` tries a run: reads what to try as JSON from
 * standard input and prints what it took as one line of JSON.
 *
 * A process of its own, because memory is only seen from the start of a
 * process, and because an engine that fails can take its process with it.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { layerBackend } from "@deepcluster/gpu-backend";
import {
  layerRunFolder,
  openImagesOf,
  type RunConfiguration,
} from "@deepcluster/runs";
import {
  profile,
  type ProfileOptions,
  type ProfileRun,
} from "@deepcluster/training";
import { Effect, Layer } from "effect";
import { text } from "node:stream/consumers";
import process from "node:process";

/** A run of which a few steps are tried. */
export interface ProfileQuestion {
  /** Empty folder for its files. */
  readonly folder: string;
  /** The run's settings. */
  readonly configuration: RunConfiguration;
  /** Whether a GPU may be imitated by the processor. */
  readonly software: boolean;
  /** How much is profiled. */
  readonly options: ProfileOptions;
}

/** What the steps took, or the message of what failed. */
export type ProfileAnswer =
  | { readonly profile: ProfileRun }
  | { readonly reason: string };

const answerTo = (
  { folder, configuration, software, options }: ProfileQuestion,
) =>
  Effect.gen(function* () {
    const { source } = yield* openImagesOf(configuration);
    return { profile: yield* profile(configuration, source, options) };
  }).pipe(
    Effect.provide(
      Layer.mergeAll(
        Assigner.layerBackend,
        layerRunFolder(folder),
        Progress.layerSilent,
      ).pipe(
        Layer.provideMerge(layerBackend({
          engine: configuration.engine,
          provider: configuration.provider,
          threads: configuration.threads,
          software,
        })),
      ),
    ),
  );

const question: ProfileQuestion = JSON.parse(await text(process.stdin));
const answer: ProfileAnswer = await Effect.runPromise(
  Effect.scoped(answerTo(question)).pipe(
    Effect.catch(({ message }) => Effect.succeed({ reason: message })),
  ),
);
console.log(`\n${JSON.stringify(answer)}`);
