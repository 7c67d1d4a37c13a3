/**
 * No word of a command line may be empty.
 *
 * @module
 */
import { Effect, Schema, Stdio } from "effect";

/** A word of the command line that holds nothing. */
export class EmptyWordError
  extends Schema.TaggedError<EmptyWordError>()("EmptyWordError", {
    word: Schema.String,
  }) {
  /** Which word, and where such words come from. */
  override get message(): string {
    return `A name or value on the command line must not be empty: ` +
      `current value is ${this.word} (a shell variable that is not set?)`;
  }
}

/**
 * Refuses a command line with an empty argument or an empty value of a flag.
 *
 * As a path, an empty text would mean the folder that the command is called in,
 * which nobody means who has forgotten to set a variable.
 *
 * @param command What to run otherwise.
 * @returns The command, or `EmptyWordError` before it begins.
 */
export const noEmptyWords = <A, E, R>(
  command: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | EmptyWordError, R | Stdio.Stdio> =>
  Effect.gen(function* () {
    const { args } = yield* Stdio.Stdio;
    const words = yield* args;
    const at = words.findIndex((word) => /^(--[^=]+=)?$/.test(word));
    if (at < 0) return yield* command;
    const before = words[at - 1] ?? "";
    const word = words[at] === "" && before.startsWith("--")
      ? `${before} ""`
      : words[at] || '""';
    return yield* new EmptyWordError({ word });
  });
