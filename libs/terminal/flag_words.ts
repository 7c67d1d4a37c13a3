/**
 * Messages in the words that the user typed: an option of a lib under the name
 * of its flag.
 *
 * @module
 */

/**
 * Flags of options whose names differ by more than their spelling (the option
 * `learningRate` is the flag `--learning-rate` without an entry here), or
 * nothing for an option that is no flag. Names of flags are without dashes.
 */
export type OptionFlags = Readonly<Record<string, string | undefined>>;

/**
 * The message of a failure. If it is about an option, the option is named as
 * its flag: `limit must be … current value is limit=5` becomes `--limit must be
 * … --limit 5`.
 *
 * @param error The failure.
 * @param flags See {@link OptionFlags}.
 * @returns Its message.
 *
 * @example An option of a lib
 * ```ts
 * import { OptionError } from "@deepcluster/core";
 * import { flagWords } from "@deepcluster/terminal";
 * import assert from "node:assert/strict";
 *
 * const error = new OptionError({
 *   action: "split",
 *   option: "fraction",
 *   rule: "above 0, below 1",
 *   value: "2",
 * });
 * assert.equal(
 *   flagWords(error, { fraction: "test-fraction" }),
 *   "Cannot split as --test-fraction must be above 0, below 1: " +
 *     "--test-fraction 2",
 * );
 * ```
 */
export const flagWords = (
  error: { readonly message: string },
  flags: OptionFlags,
): string => {
  const { message, option } = error as Readonly<Record<string, unknown>> & {
    readonly message: string;
  };
  if (typeof option !== "string") return message;
  const name = option in flags ? flags[option] : kebab(option);
  return name === undefined ? message : message
    .replace(` as ${option} must`, () => ` as --${name} must`)
    .replace(`current value is ${option}=`, () => `--${name} `)
    .replace(/(?<=--[a-z-]+ )$/, "is missing");
};

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
