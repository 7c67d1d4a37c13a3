/**
 * The checks of options and features at the door of every judge.
 *
 * @module
 */
import { NonFiniteFeatureError } from "@deepcluster/clustering";
import { firstNonFinite, type Matrix } from "@deepcluster/core";
import { Effect } from "effect";
import { EvaluationOptionError } from "./errors.ts";

/**
 * Fails when an option breaks its rule.
 *
 * @param action What is to be done, for the message.
 * @param option Name of the option.
 * @param rule What must hold, in words.
 * @param value The present value.
 * @param holds Whether the rule holds.
 * @returns Nothing, or `EvaluationOptionError`.
 */
export const requireOption = (
  action: string,
  option: string,
  rule: string,
  value: number,
  holds: boolean,
): Effect.Effect<void, EvaluationOptionError> =>
  holds ? Effect.void : Effect.fail(
    new EvaluationOptionError({ action, option, rule, value: String(value) }),
  );

/**
 * Fails when an option is not a whole number, or too small.
 *
 * @param action What is to be done, for the message.
 * @param option Name of the option.
 * @param value The present value.
 * @param least Its smallest value allowed.
 * @returns Nothing, or `EvaluationOptionError`.
 */
export const requireCount = (
  action: string,
  option: string,
  value: number,
  least: number,
): Effect.Effect<void, EvaluationOptionError> =>
  requireOption(
    action,
    option,
    `an integer >= ${least}`,
    value,
    Number.isInteger(value) && value >= least,
  );

/**
 * Fails on the first feature that is NaN or infinite.
 *
 * @param action What is to be done, for the message.
 * @param block `[count, d]`, a block of more rows.
 * @param rowOf Number of a row of the block among all of them.
 * @returns Nothing, or `NonFiniteFeatureError`.
 */
export const requireFinite = (
  action: string,
  { data, columns }: Matrix,
  rowOf: (row: number) => number,
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
