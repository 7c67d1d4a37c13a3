/**
 * One setting as a person sees it: its flag, and its default in words.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import { isChoice, type Setting } from "@deepcluster/runs/settings";
import {
  fractionsFlag,
  optionalFlag,
  shownDefault,
  switchFlag,
} from "@deepcluster/terminal";
import { Effect, type Option } from "effect";
import { CliError, Flag } from "effect/cli";

/**
 * The flag of a setting: its kind follows from the setting's rule, its help
 * from the setting's own words and default.
 *
 * @param name Of the flag, without dashes.
 * @param setting The setting.
 * @returns The flag: a value that fits the rule, or none.
 */
export const settingFlag = (
  name: string,
  setting: Setting,
): Flag.Flag<Option.Option<unknown>> => {
  const { alias, help, metavar } = setting;
  return optionalFlag(
    valueFlag(name, setting).pipe(
      alias === undefined ? (flag) => flag : Flag.withAlias(alias),
      metavar === undefined ? (flag) => flag : Flag.withMetavar(metavar),
    ),
    help,
    defaultOf(setting),
  );
};

const valueFlag = (name: string, setting: Setting): Flag.Flag<unknown> => {
  const { rule } = setting;
  if (rule === "boolean") return switchFlag(name);
  const choices = choicesOf(setting);
  if (choices.length > 0) return Flag.Literals(name, choices);
  if (Array.isArray(rule)) return fractionsFlag(name);
  if (typeof rule !== "string" || !rule.includes("number")) {
    return Flag.String(name);
  }
  const number = rule.includes("number.integer")
    ? Flag.Int(name)
    : Flag.Finite(name);
  return number.pipe(
    Flag.mapEffect((value) => checked(name, setting, value)),
  );
};

/** Rules are loaded with the first value: help needs none. */
const checked = Effect.fnUntraced(function* (
  option: string,
  setting: Setting,
  value: number,
) {
  const { ruleOf } = yield* loadModule<typeof import("./setting_rule.ts")>(
    new URL("./setting_rule.ts", import.meta.url),
  );
  const rule = ruleOf(setting);
  if (rule.allows(value)) return value;
  return yield* new CliError.InvalidValue({
    option,
    value: String(value),
    expected: rule.description,
    kind: "flag",
  });
});

/**
 * The values of a setting that has few.
 *
 * @param setting The setting.
 * @returns Its values; none where they are not listed.
 */
export const choicesOf = ({ rule, standIn }: Setting): readonly string[] => [
  ...isChoice(rule) ? rule.oneOf.toSorted() : [],
  ...standIn === undefined ? [] : [standIn],
];

/**
 * What happens when a setting is not given.
 *
 * @param setting The setting.
 * @returns Its default, or what happens without one, in words.
 */
export const defaultOf = (
  { default: value, defaultHelp }: Setting,
): string | undefined =>
  defaultHelp ?? (value === undefined ? undefined : shownDefault(value));
