/**
 * Checks of options and of numbers, for the first lines of public functions.
 *
 * @module
 */
import { Effect } from "effect";
import { NonFiniteFeatureError, OptionError } from "./errors.ts";
import { firstNonFinite, type Matrix } from "./matrix.ts";

/**
 * Fails when an option breaks its rule.
 *
 * @param action What is to be done, for the message.
 * @param option Name of the option.
 * @param rule What must hold, in words.
 * @param value The present value.
 * @param holds Whether the rule holds.
 * @returns Nothing, or `OptionError`.
 */
export const requireOption = (
  action: string,
  option: string,
  rule: string,
  value: number,
  holds: boolean,
): Effect.Effect<void, OptionError> =>
  holds ? Effect.void : Effect.fail(
    new OptionError({ action, option, rule, value: String(value) }),
  );

/**
 * Fails when an option is not a whole number, or too small.
 *
 * @param action What is to be done, for the message.
 * @param option Name of the option.
 * @param value The present value.
 * @param min Its smallest value allowed.
 * @returns Nothing, or `OptionError`.
 */
export const requireCount = (
  action: string,
  option: string,
  value: number,
  min: number,
): Effect.Effect<void, OptionError> =>
  requireOption(
    action,
    option,
    `an integer >= ${min}`,
    value,
    Number.isInteger(value) && value >= min,
  );

/**
 * Fails on the first feature that is NaN or infinite.
 *
 * @param action What is to be done, for the message.
 * @param block `[count, d]`, a block of more rows.
 * @param rowOf Maps a row of the block to its rank among all rows. Default: itself.
 * @returns Nothing, or `NonFiniteFeatureError`.
 */
export const requireFinite = (
  action: string,
  { data, columns }: Matrix,
  rowOf: (row: number) => number = (row) => row,
): Effect.Effect<void, NonFiniteFeatureError> =>
  Effect.suspend(() => {
    const index = firstNonFinite(data);
    if (index === data.length) return Effect.void;
    return Effect.fail(
      new NonFiniteFeatureError({
        action,
        row: rowOf(Math.floor(index / columns)),
        column: index % columns,
        value: String(data[index]),
      }),
    );
  });
