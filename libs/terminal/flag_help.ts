/**
 * Flags with their help: what a flag is, and what happens without it. The
 * default is written once, so that the help cannot state another.
 *
 * @module
 */
import type { Option } from "effect";
import { Flag } from "effect/cli";

/**
 * The help of a flag.
 *
 * @param help What it is, without a period.
 * @param defaultHelp What happens by default, in a few words.
 * @returns One or two sentences.
 *
 * @example Two sentences
 * ```ts
 * import { flagHelp } from "@deepcluster/terminal";
 * import assert from "node:assert/strict";
 *
 * assert.equal(flagHelp("SGD momentum", "0.9"), "SGD momentum. Default: 0.9.");
 * assert.equal(flagHelp("Print JSON"), "Print JSON.");
 * ```
 */
export const flagHelp = (help: string, defaultHelp?: string): string =>
  defaultHelp === undefined ? `${help}.` : `${help}. Default: ${defaultHelp}.`;

/**
 * A flag that may be left out.
 *
 * @param flag The flag.
 * @param help What it is, without a period.
 * @param defaultHelp What happens without it, in a few words.
 * @returns The flag: a value, or none.
 */
export const optionalFlag = <A>(
  flag: Flag.Flag<A>,
  help: string,
  defaultHelp?: string,
): Flag.Flag<Option.Option<A>> =>
  flag.pipe(
    Flag.withDescription(flagHelp(help, defaultHelp)),
    Flag.optional,
  );

/**
 * A flag with a value for when it is left out.
 *
 * @param flag The flag.
 * @param value Its value by default. A switch that is off by default says
 * nothing of it.
 * @param help What it is, without a period.
 * @returns The flag.
 */
export const flagWithDefault = <A extends string | number | boolean>(
  flag: Flag.Flag<A>,
  value: A,
  help: string,
): Flag.Flag<A> =>
  flag.pipe(
    Flag.withDescription(
      flagHelp(help, value === false ? undefined : shownDefault(value)),
    ),
    Flag.withDefault(value as never),
  );

/**
 * Shows a default as a person types it.
 *
 * @param value Text, a number, whether something is done, or several of them.
 * @returns The text, such as `0.00001`, `yes` or `0.08,1`.
 */
export const shownDefault = (value: unknown): string =>
  typeof value === "boolean"
    ? value ? "yes" : "no"
    : typeof value === "number"
    ? plainNumber(value)
    : Array.isArray(value)
    ? value.map(shownDefault).join(",")
    : String(value);

/** A number without an exponent. */
const plainNumber = (value: number): string => {
  const [digits, exponent] = String(value).split("e-");
  if (exponent === undefined) return digits!;
  const decimals = Number(exponent) + (digits!.split(".")[1]?.length ?? 0);
  return value.toFixed(decimals);
};
