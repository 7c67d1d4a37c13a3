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
  requireImages,
  type RunConfiguration,
} from "@deepcluster/runs";
import { type Cause, Effect, Exit } from "effect";
import { openImagesOf } from "./open_images.ts";
import { type OperationValues, runToEnd } from "./run_to_end.ts";

/**
 * Makes a new run and carries it to its end.
 *
 * What can be known is checked before the folder is made: images, network,
 * number of clusters, engine. A run that fails before it has finished anything
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
  const { source } = yield* openImagesOf(configuration);
  yield* networkOf(configuration);
  yield* requireImages(configuration, source.ids.length);
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
