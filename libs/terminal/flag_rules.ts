/**
 * Flags with the rules of their values: what breaks one is refused when the
 * command line is read, with flag, value and rule.
 *
 * @module
 */
import { Option } from "effect";
import { Flag } from "effect/cli";

/**
 * Makes a flag of an integer.
 *
 * @param name Of the flag, without dashes.
 * @param min The smallest that is allowed.
 * @returns The flag.
 */
export const atLeast = (name: string, min: number): Flag.Flag<number> =>
  ruled(
    Flag.Int(name),
    `an integer >= ${min}`,
    (value) => value >= min,
  );

/**
 * A number.
 *
 * @param name Of the flag, without dashes.
 * @param rule What must hold, in words.
 * @param holds Whether it does.
 * @returns The flag.
 */
export const numberFlag = (
  name: string,
  rule: string,
  holds: (value: number) => boolean,
): Flag.Flag<number> => ruled(Flag.Finite(name), rule, holds);

/**
 * The address of a page.
 *
 * @param name Of the flag, without dashes.
 * @returns The flag.
 */
export const addressFlag = (name: string): Flag.Flag<string> =>
  ruled(
    Flag.String(name).pipe(Flag.withMetavar("ADDRESS")),
    "an address such as http://127.0.0.1:8321",
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""),
  );

/**
 * A number above 0.
 *
 * @param name Of the flag, without dashes.
 * @returns The flag.
 */
export const positive = (name: string): Flag.Flag<number> =>
  numberFlag(name, "above 0", (value) => value > 0);

/**
 * SGD momentum.
 *
 * @param name Of the flag, without dashes.
 * @returns The flag.
 */
export const momentumFlag = (name: string): Flag.Flag<number> =>
  numberFlag(name, "from 0 to below 1", (m) => m >= 0 && m < 1);

/**
 * A number that is not negative.
 *
 * @param name Of the flag, without dashes.
 * @returns The flag.
 */
export const notNegative = (name: string): Flag.Flag<number> =>
  numberFlag(name, "at least 0", (value) => value >= 0);

/**
 * Makes a flag of integers with commas between them.
 *
 * @param name Of the flag, without dashes.
 * @param min The smallest that is allowed, at least 0.
 * @returns The flag.
 */
export const integersFlag = (
  name: string,
  min: number,
): Flag.Flag<readonly number[]> =>
  Flag.String(name).pipe(
    Flag.withMetavar("N,N"),
    Flag.filterMap(
      (text) => {
        const integers = text.split(",").map(integerIn);
        return integers.every((integer) => integer >= min)
          ? Option.some(integers)
          : Option.none();
      },
      () => `integers >= ${min} with commas between`,
    ),
  );

/** The number that a text is; NaN for all but digits. */
const integerIn = (text: string): number =>
  /^\d+$/.test(text.trim()) ? Number(text) : NaN;

/**
 * A smaller and a larger fraction.
 *
 * @param name Of the flag, without dashes.
 * @returns The flag.
 */
export const fractionsFlag = (
  name: string,
): Flag.Flag<readonly [from: number, to: number]> =>
  Flag.String(name).pipe(Flag.filterMap(
    (text) => {
      const [from = NaN, to = NaN, ...more] = text.split(",").map(Number);
      return from > 0 && from <= to && to <= 1 && more.length === 0
        ? Option.some([from, to] as const)
        : Option.none();
    },
    () => "two numbers above 0, up to 1, with a comma between, ascending",
  ));

/**
 * Names with commas between them.
 *
 * @param name Of the flag, without dashes.
 * @returns The flag.
 */
export const namesFlag = (name: string): Flag.Flag<readonly string[]> =>
  Flag.String(name).pipe(Flag.filterMap(
    (text) => {
      const names = text.split(",").map((one) => one.trim());
      return names.includes("") ? Option.none() : Option.some(names);
    },
    () => "names with commas between",
  ));

/**
 * Numbers with commas between them.
 *
 * @param name Of the flag, without dashes.
 * @param rule What must hold, in words.
 * @param holds Whether it does.
 * @returns The flag.
 */
export const numbersFlag = (
  name: string,
  rule: string,
  holds: (values: readonly number[]) => boolean,
): Flag.Flag<readonly number[]> =>
  Flag.String(name).pipe(
    Flag.withMetavar("N,N,N"),
    Flag.filterMap(
      (text) => {
        const values = text.split(",").map((one) =>
          one.trim() === "" ? NaN : Number(one)
        );
        return values.every(Number.isFinite) && holds(values)
          ? Option.some(values)
          : Option.none();
      },
      () => rule,
    ),
  );

const ruled = <A>(
  flag: Flag.Flag<A>,
  rule: string,
  holds: (value: A) => boolean,
): Flag.Flag<A> => flag.pipe(Flag.filter(holds, () => rule));
