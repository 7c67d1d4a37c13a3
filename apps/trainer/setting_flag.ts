/**
 * One setting as a person sees it: its flag, and its default in words.
 *
 * @module
 */
import type { Setting } from "@deepcluster/runs";
import {
  fractionsFlag,
  optionalFlag,
  shownDefault,
  switchFlag,
} from "@deepcluster/terminal";
import type { Option } from "effect";
import { Flag } from "effect/cli";

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
  if (rule.allows(true)) return switchFlag(name);
  const choices = choicesOf(setting);
  if (choices.length > 0) return Flag.Literals(name, choices);
  if (rule.extends("unknown[]")) return fractionsFlag(name);
  if (!rule.extends("number")) return Flag.String(name);
  const number = rule.extends("number.integer")
    ? Flag.Int(name)
    : Flag.Finite(name);
  return number.pipe(
    Flag.filter((value) => rule.allows(value), () => rule.description),
  );
};

/**
 * The values of a setting that has few.
 *
 * @param setting The setting.
 * @returns Its values; none where they are not listed.
 */
export const choicesOf = ({ rule, standIn }: Setting): readonly string[] => [
  ...rule.select("unit").map(({ unit }) => String(unit)),
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
