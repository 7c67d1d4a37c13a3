/**
 * What a command was asked for; wrong words end it with a line that says why.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** Values of options by name, and the words between them. */
export interface CommandLine<Name extends string> {
  /** Each as it was given, or its default. */
  readonly values: Readonly<Record<Name, string | undefined>>;
  /** What is no option. */
  readonly words: readonly string[];
}

/**
 * Reads `--name VALUE` and words; `--help` prints the usage and ends.
 *
 * @param usage Words and options of the command, for people.
 * @param defaults Of every option; `undefined` for none.
 * @returns What was asked for.
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
    const given = values as Partial<Record<Name, string>>;
    return { values: { ...defaults, ...given }, words: positionals };
  } catch (cause) {
    return refuse(`${(cause as Error).message}\n${usage}`);
  }
};

/**
 * A whole number of an option.
 *
 * @param name Of the option, for the error.
 * @param text As it was given.
 * @returns The number, at least 1.
 */
export const countOf = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  return refuse(`--${name} must be a whole number of at least 1: ${text}`);
};

/**
 * Ends the command with 1.
 *
 * @param why What is wrong, and the rule.
 * @returns Never.
 */
export const refuse = (why: string): never => {
  console.error(why);
  Deno.exit(1);
};
