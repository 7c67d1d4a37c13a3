/**
 * `train IMAGES --run DIR`: a new run from its first epoch to its last.
 *
 * @module
 */
import { fromHere } from "@deepcluster/terminal";
import { Effect, Option } from "effect";
import { CliError } from "effect/cli";
import { configurationOf } from "./settings.ts";
import { startRun } from "./start_run.ts";
import type { Values } from "./train_flags.ts";

/** Does what `train` was asked for. */
export const run = Effect.fnUntraced(function* (
  { images, run, operation, settings }: Values,
) {
  if (Option.isNone(images) && Option.isNone(settings.config)) {
    return yield* new CliError.ShowHelp({
      commandPath: ["trainer", "train"],
      errors: [new CliError.MissingArgument({ argument: "images" })],
    });
  }
  const configuration = yield* configurationOf(images, settings);
  yield* startRun(fromHere(run), configuration, operation);
});
