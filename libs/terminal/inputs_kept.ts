/**
 * What a command reads is never what it writes: the result would replace it.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { Effect, Option } from "effect";
import { realpath } from "node:fs/promises";
import { fromHere } from "./user_path.ts";

/** Flags that name what a command writes. */
const outputFlags: ReadonlySet<string> = new Set([
  "out",
  "sheet",
  "writeExclude",
]);

/**
 * Requires that no flag for results names a file or folder that an argument or
 * another flag names, by whatever path.
 *
 * @param values Values of a command's arguments and flags, by name; they may be
 * nested.
 * @returns Nothing, or `OptionError`.
 */
export const requireInputsKept: (
  values: unknown,
) => Effect.Effect<void, OptionError> = Effect.fnUntraced(function* (values) {
  const words = wordsOf(values, "");
  const inputs = words.filter(({ name }) => !outputFlags.has(name))
    .map(({ word }) => word);
  for (const { name, word } of words) {
    if (outputFlags.has(name)) yield* requireNoInput(name, word, inputs);
  }
});

/**
 * Requires that a result replaces none of some files and folders.
 *
 * @param name Name of the flag that says where the result goes.
 * @param output Its value.
 * @param inputs Paths of the files and folders, as they are to be named. They
 * are looked at only if something is at the output.
 * @returns Nothing, or `OptionError`.
 */
export const requireNoInput: (
  name: string,
  output: string,
  inputs: readonly string[],
) => Effect.Effect<void, OptionError> = Effect.fnUntraced(
  function* (name, output, inputs) {
    const there = yield* realPathOf(output);
    if (there === undefined) return;
    for (const input of inputs) {
      if ((yield* realPathOf(input)) !== there) continue;
      return yield* new OptionError({
        action: "write the result",
        option: name,
        rule: "a path that the command does not read",
        value: fromHere(input) === fromHere(output)
          ? output
          : `${output}, which is ${input}`,
      });
    }
  },
);

/** A word that was typed, and the name of its argument or flag. */
interface TypedWord {
  readonly name: string;
  readonly word: string;
}

const wordsOf = (value: unknown, name: string): readonly TypedWord[] =>
  typeof value === "string"
    ? [{ name, word: value }]
    : Option.isOption(value)
    ? Option.match(value, {
      onNone: () => [],
      onSome: (some) => wordsOf(some, name),
    })
    : Array.isArray(value)
    ? value.flatMap((one) => wordsOf(one, name))
    : typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, one]) => wordsOf(one, key))
    : [];

/** Where a path leads by all its links; undefined when nothing is there. */
const realPathOf = (path: string): Effect.Effect<string | undefined> =>
  Effect.promise(() =>
    realpath(fromHere(path)).then((found) => found, () => undefined)
  );
