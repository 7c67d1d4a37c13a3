/**
 * What every program does around its commands.
 *
 * @module
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { Effect, References, Stdio } from "effect";
import { CliError, Command } from "effect/cli";
import { layerCommandLine } from "./command_line.ts";
import type { OptionFlags } from "./flag_words.ts";
import type { LazyCommand } from "./lazy_command.ts";
import { noEmptyWords } from "./no_empty_words.ts";
import { type RenamedFlags, renamedFlags } from "./renamed_flags.ts";
import { reportFailure } from "./report_failure.ts";
import { version } from "./version.ts";

/** How a program is called, and how it was. */
export interface ProgramOptions {
  /** What the user types for the root command, such as `deno task evaluate`. */
  readonly typed: string;
  /** Old spellings of its flags. Default: none. */
  readonly renamed?: RenamedFlags;
  /** Flags of the options that messages of libs name. Default: none differs. */
  readonly optionFlags?: OptionFlags;
}

/**
 * Runs a program: its command line, its services, its exit code. Mistakes and
 * failures go to standard error in a line each.
 *
 * @param program The root command; only what the command line calls is loaded.
 * @param options See {@link ProgramOptions}.
 */
export const runMain = (
  program: LazyCommand,
  { typed, renamed = {}, optionFlags = {} }: ProgramOptions,
): void =>
  renamedFlags(renamed, runTyped(program)).pipe(
    Effect.mapError(asMistake),
    noEmptyWords,
    Effect.provide(layerCommandLine(typed)),
    Effect.provideService(References.LogToStderr, true),
    Effect.provide(NodeServices.layer),
    Effect.tapCause((cause) => reportFailure(cause, optionFlags)),
    NodeRuntime.runMain({ disableErrorReporting: true }),
  );

const runTyped = Effect.fnUntraced(function* (program: LazyCommand) {
  const words = yield* Stdio.Stdio.use(({ args }) => args);
  const command = yield* program.load(words);
  return yield* Command.runWith(command, { version })(words);
});

/** A command line without a command ends with 1, as other mistakes do. */
const asMistake = <E>(error: E): E | CliError.ShowHelp =>
  CliError.isCliError(error) && error._tag === "ShowHelp" &&
    error.errors.length === 0
    ? new CliError.ShowHelp({
      commandPath: error.commandPath,
      errors: [new CliError.MissingArgument({ argument: "command" })],
    })
    : error;
