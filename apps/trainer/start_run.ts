/**
 * Starting a run, so that a start that fails leaves nothing in the way.
 *
 * @module
 */
import {
  abandonRun,
  createRun,
  isWorthResuming,
  networkOf,
  openImagesOf,
  requireUnused,
  type RunConfiguration,
} from "@deepcluster/runs";
import { requireWritable } from "@deepcluster/storage";
import { minimumNeeds } from "@deepcluster/training";
import type { Network } from "@deepcluster/models";
import { type Cause, Effect, Exit, Schema } from "effect";
import { needFindings, settingFindings } from "./doctor_findings.ts";
import { freeBytesFor, machine } from "./doctor_machine.ts";
import type { OperationValues } from "./operation_flags.ts";
import { runToEnd } from "./run_to_end.ts";

/** A run that cannot work, by the rules of `doctor`. */
export class UnfitRunError extends Schema.TaggedError<UnfitRunError>()(
  "UnfitRunError",
  { problems: Schema.Array(Schema.String) },
) {
  /** Every problem, on a line each. */
  override get message(): string {
    return this.problems.join("\n");
  }
}

/**
 * Makes a new run and carries it to its end.
 *
 * What can be known is checked before the folder is made: the folder itself,
 * images, network, engine, and what `doctor` calls an error. A run that fails before it has finished anything
 * is taken back, and its folder with it; one that is interrupted stays.
 *
 * @param folder The run folder, empty or new.
 * @param configuration The run's settings.
 * @param operation What was asked for on the command line.
 * @returns As {@link runToEnd}. The scope holds the run's lock; that it ends
 * with a failure is what takes the run back.
 */
export const startRun = Effect.fnUntraced(function* (
  folder: string,
  configuration: RunConfiguration,
  operation: OperationValues,
) {
  yield* requireUnused(folder);
  yield* requireWritable(folder, "folder");
  const { source } = yield* openImagesOf(configuration);
  const network = yield* networkOf(configuration);
  yield* requireFit(folder, configuration, source.ids.length, network);
  const create = createRun(folder, configuration).pipe(
    Effect.flatMap((made) =>
      Effect.addFinalizer((exit) =>
        Exit.isFailure(exit) ? takeBack(folder, made, exit.cause) : Effect.void
      )
    ),
    Effect.uninterruptible,
  );
  return yield* runToEnd(folder, configuration, operation, create);
});

/** Fails on what `doctor` calls an error and is known without a profile. */
const requireFit = Effect.fnUntraced(function* (
  folder: string,
  configuration: RunConfiguration,
  images: number,
  network: Network,
) {
  const computer = yield* machine;
  const freeBytes = yield* freeBytesFor(folder);
  const needs = minimumNeeds(configuration, images, network);
  const problems = [
    ...settingFindings(configuration, images, computer, network.featureSize),
    ...needFindings(needs, computer, { folder, freeBytes }),
  ].flatMap(({ level, text }) => level === "error" ? [text] : []);
  if (problems.length > 0) return yield* new UnfitRunError({ problems });
});

/** What cannot be taken back is said beside the failure itself. */
const takeBack = (
  folder: string,
  made: string | undefined,
  cause: Cause.Cause<unknown>,
) =>
  isWorthResuming(folder, cause).pipe(
    Effect.flatMap((worth) => worth ? Effect.void : abandonRun(folder, made)),
    Effect.catch(({ message }) => Effect.logWarning(message)),
  );
