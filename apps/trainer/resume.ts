/**
 * `resume DIR`: a run that was stopped goes on as if it had not been.
 *
 * @module
 */
import { openRun, runFiles } from "@deepcluster/checkpoint";
import { fromHere } from "@deepcluster/terminal";
import { parseConfiguration } from "@deepcluster/training";
import { Effect } from "effect";
import { Argument, Command } from "effect/cli";
import { join } from "node:path";
import { operationFlags, runToEnd } from "./run_to_end.ts";

/** The command. */
export const resume = Command.make(
  "resume",
  {
    run: Argument.String("run").pipe(
      Argument.withDescription("Run folder that `train` made"),
    ),
    operation: operationFlags,
  },
  Effect.fnUntraced(function* ({ run, operation }) {
    const folder = fromHere(run);
    const settings = yield* openRun(folder);
    const origin = join(folder, runFiles.config);
    const configuration = yield* parseConfiguration(settings, origin);
    yield* runToEnd(folder, configuration, operation);
  }, Effect.scoped),
).pipe(
  Command.withDescription("Go on with a run that was stopped"),
);
