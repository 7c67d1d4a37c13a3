/**
 * How a program reports that it failed.
 *
 * @module
 */
import { Cause, Console, Effect } from "effect";
import { CliError } from "effect/cli";
import { flagWords, type OptionFlags } from "./flag_words.ts";

/**
 * Writes to standard error why a program ended: a failure by its message, and
 * only our own mistakes with a trace. An interruption needs no words, and the
 * command line has shown its own mistakes already.
 *
 * @param cause Why it ended.
 * @param flags Flags of options, for messages.
 * @returns Nothing.
 */
export const reportFailure = (
  cause: Cause.Cause<{ readonly message: string }>,
  flags: OptionFlags = {},
): Effect.Effect<void> =>
  Cause.hasInterruptsOnly(cause)
    ? Effect.void
    : Cause.hasDies(cause)
    ? Console.error(Cause.pretty(cause))
    : tellFailure(Cause.squash(cause) as Error, flags);

const tellFailure = (error: Error, flags: OptionFlags) =>
  CliError.isCliError(error)
    ? Effect.void
    : Console.error(flagWords(error, flags));
