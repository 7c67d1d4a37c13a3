/**
 * The command line of a benchmark command; a wrong option ends the command with
 * a line that says why.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** Options by name, and the positional words. */
export interface CommandLine<Name extends string> {
  /** The option's value, or its default. */
  readonly values: Readonly<Record<Name, string | undefined>>;
  /** Positional words, in order. */
  readonly words: readonly string[];
}

/**
 * Reads `--name VALUE` and words; `--help` prints the usage and ends.
 *
 * @param usage Text that `--help` prints.
 * @param defaults Default of every option, or `undefined`.
 * @returns See {@link CommandLine}.
 */
export const commandLine = <Name extends string>(
  usage: string,
  defaults: Readonly<Record<Name, string | undefined>>,
): CommandLine<Name> => {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: "string" as const }]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: Deno.args,
      allowPositionals: true,
      options: { ...options, help: { type: "boolean" } },
    });
    if (values.help === true) {
      console.log(usage);
      Deno.exit(0);
    }
    const typed = values as Partial<Record<Name, string>>;
    return { values: { ...defaults, ...typed }, words: positionals };
  } catch (cause) {
    return refuse(`${(cause as Error).message}\n${usage}`);
  }
};

/**
 * Parses an option that is a positive integer.
 *
 * @param name Name of the option, for the message.
 * @param text Its value.
 * @returns The number, at least 1.
 */
export const countOf = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  return refuse(`--${name} must be a whole number of at least 1: ${text}`);
};

/**
 * Parses an option that is one of some words.
 *
 * @param name Name of the option, for the message.
 * @param text Its value.
 * @param choices The words.
 * @returns The word.
 */
export const oneOf = <const Choice extends string>(
  name: string,
  text: string,
  choices: readonly Choice[],
): Choice =>
  choices.find((choice) => choice === text) ??
    refuse(`--${name} must be ${choices.join(" or ")}: ${text}`);

/**
 * Ends the command with exit code 1.
 *
 * @param why What is wrong, and the rule.
 * @returns Never.
 */
export const refuse = (why: string): never => {
  console.error(why);
  Deno.exit(1);
};
