/**
 * What a program prints about its command line: help where it was asked for,
 * and for a mistake the line that names it instead of all help.
 *
 * @module
 */
import { Console, type Layer } from "effect";
import { type CliError, CliOutput, type HelpDoc } from "effect/cli";
import { didYouMean, nearestNames } from "./nearest_names.ts";

/**
 * Presents help on standard output, and mistakes on standard error: one line
 * for each, the usage where something is missing, and how to see all flags.
 * A command line without a command is a mistake as well.
 *
 * @param typed What the user types for the root command, such as
 * `deno task evaluate`.
 * @returns The layer that `Command.run` takes its output from.
 */
export const layerCommandLine = (typed: string): Layer.Layer<never> => {
  const formatter = CliOutput.defaultFormatter();
  return CliOutput.layerPresenter({
    present: (event) => {
      if (event._tag === "Version") {
        return Console.log(formatter.formatVersion(event.name, event.version));
      }
      const doc = asTyped(event.helpDoc, event.commandPath[0]!, typed);
      const command = [typed, ...event.commandPath.slice(1)].join(" ");
      if (event._tag === "Help") {
        return event.reason === "Implicit"
          ? Console.error(missingCommand(doc, command).join("\n"))
          : Console.log(formatter.formatHelpDoc(doc));
      }
      return Console.error(mistakes(event.errors, doc, command).join("\n"));
    },
  });
};

/** Help with the words that the user types for the program and its flags. */
const asTyped = (
  doc: HelpDoc.HelpDoc,
  root: string,
  typed: string,
): HelpDoc.HelpDoc => ({
  ...doc,
  usage: doc.usage.replace(root, () => typed)
    .replace("[flags]", () => [...requiredFlags(doc), "[flags]"].join(" ")),
  flags: doc.flags.map((flag) =>
    flag.type === "[=boolean]" ? { ...flag, type: "boolean" } : flag
  ),
});

const requiredFlags = ({ flags }: HelpDoc.HelpDoc): readonly string[] =>
  flags.filter(({ required }) => required)
    .map(({ name, type }) => `--${name} ${type}`);

const missingCommand = (
  doc: HelpDoc.HelpDoc,
  command: string,
): readonly string[] => [
  `Missing command of ${command}: it has ${commandNames(doc).join(", ")}`,
  `Help: ${command} --help`,
];

const commandNames = (
  { subcommands = [] }: HelpDoc.HelpDoc,
): readonly string[] =>
  subcommands.flatMap(({ commands }) => commands.map(({ name }) => name));

type Mistake = CliError.NonShowHelpErrors;

const mistakes = (
  errors: readonly Mistake[],
  doc: HelpDoc.HelpDoc,
  command: string,
): readonly string[] => {
  const { formatCliError } = CliOutput.defaultFormatter();
  const lines = errors.map((error) =>
    sentence(error, doc, command) ?? formatCliError(error)
  );
  const missing = errors.some(({ _tag }) => /^(Missing|Unexp)/.test(_tag));
  return [
    ...new Set(lines),
    ...missing ? [`Usage: ${doc.usage}`] : [],
    `Help: ${command} --help`,
  ];
};

/** Mistakes that Effect tells in several lines, or not in the user's words. */
const sentence = (
  error: Mistake,
  doc: HelpDoc.HelpDoc,
  command: string,
): string | undefined => {
  const { flags, globalFlags = [] } = doc;
  if (error._tag === "UnrecognizedOption") {
    const names = [...flags, ...globalFlags].map(({ name }) => `--${name}`);
    const near = nearestNames(error.option, names);
    return `Unknown flag ${error.option} of ${command}${didYouMean(near)}`;
  }
  if (error._tag === "UnknownSubcommand") {
    const names = commandNames(doc);
    const near = nearestNames(error.subcommand, names);
    return `Unknown command ${JSON.stringify(error.subcommand)} of ${command}` +
      (near.length > 0 ? didYouMean(near) : `: it has ${names.join(", ")}`);
  }
  if (error._tag === "InvalidValue") {
    const [, times] = /^(\d+) occurrences$/.exec(error.value) ?? [];
    if (times !== undefined && error.kind === "flag") {
      return `Flag --${error.option} is given ${times} times: give it once`;
    }
    if (error.expected.startsWith("omit the value")) {
      return `Flag --no-${error.option} takes no value: ` +
        `current value is ${JSON.stringify(error.value)}`;
    }
    if (error.expected.startsWith('Expected "true" | ')) {
      return `Invalid value for flag --${error.option}: ` +
        `${JSON.stringify(error.value)}. Expected: true or false`;
    }
    if (/^Expected a string rep|^Expected an integer/.test(error.expected)) {
      const isFlag = error.kind === "flag";
      const of = isFlag ? flags : doc.args ?? [];
      const { type } = of.find(({ name }) => name === error.option) ?? {};
      const expected = type === "integer" ? "an integer" : "a number";
      const what = isFlag
        ? `flag --${error.option}`
        : `argument <${error.option}>`;
      return `Invalid value for ${what}: ` +
        `${JSON.stringify(error.value)}. Expected: ${expected}`;
    }
  }
};
