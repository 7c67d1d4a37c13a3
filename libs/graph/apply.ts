/**
 * How every constructor of an operator makes its value: a shape rule on named
 * operands, and an error that tells the rule when it is broken.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";
import { Effect } from "effect";
import { ShapeError } from "./errors.ts";
import type { Operator, Value } from "./value.ts";

/** Two sizes `[vertical, horizontal]`, or one number for both. */
export type Pair = number | readonly [number, number];

/** Operands by the name that errors give them, in the operator's order. */
export type Operands = Readonly<Record<string, Value>>;

/**
 * Applies an operator to operands that have passed its rule.
 *
 * @param operator What to compute.
 * @param operands Its inputs by name, in order.
 * @param rule The result's shape, or what must hold and does not.
 * @param dtype Element type of the result.
 * @returns The value, or `ShapeError` when the rule is broken.
 */
export const apply = (
  operator: Operator,
  operands: Operands,
  rule: () => Shape | string,
  dtype: DType = "float32",
): Effect.Effect<Value, ShapeError> =>
  Effect.suspend(() => {
    const shape = rule();
    return typeof shape === "string"
      ? refuse(operator.type, operands, shape, settingsOf(operator))
      : Effect.succeed({
        operator,
        inputs: Object.values(operands),
        shape,
        dtype,
      });
  });

/**
 * Fails with the rule that operands break.
 *
 * @param operator Name of the operator or composition.
 * @param operands Its operands by name, in order.
 * @param rule What must hold and does not.
 * @param settings Its settings, rendered.
 * @returns `ShapeError`, always.
 */
export const refuse = (
  operator: string,
  operands: Operands,
  rule: string,
  settings: readonly string[] = [],
): Effect.Effect<never, ShapeError> =>
  Effect.fail(
    new ShapeError({
      operator,
      operands: Object.entries(operands).map(([name, { shape, dtype }]) => ({
        name,
        shape,
        dtype,
      })),
      settings,
      rule,
    }),
  );

/**
 * Both sizes of a pair.
 *
 * @param pair One number for both, or two.
 * @returns `[vertical, horizontal]`.
 */
export const pairOf = (pair: Pair): readonly [number, number] =>
  typeof pair === "number" ? [pair, pair] : pair;

/**
 * The first broken rule among several.
 *
 * @param rules Each what must hold, with whether it does.
 * @returns The rule, or nothing when all hold.
 */
export const firstBroken = (
  rules: readonly (readonly [rule: string, holds: boolean])[],
): string | undefined => rules.find(([, holds]) => !holds)?.[0];

/**
 * The rule that operands are of 32-bit floats.
 *
 * @param operands Values that an operator computes with.
 * @returns The rule, or nothing when it holds.
 */
export const floatsOnly = (...operands: readonly Value[]): string | undefined =>
  operands.every(({ dtype }) => dtype === "float32")
    ? undefined
    : "operands must be float32";

/**
 * Whether two shapes are equal.
 *
 * @param a Sizes.
 * @param b Sizes.
 * @returns True when they are the same numbers.
 */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/**
 * Renders the settings of an operator, geometry spread out.
 *
 * @param operator The operator.
 * @returns Such as `["stride=[1, 1]", "groups=2"]`.
 */
export const settingsOf = (operator: Operator): readonly string[] =>
  Object.entries(operator).flatMap(([name, setting]) =>
    name === "type"
      ? []
      : name === "geometry"
      ? Object.entries(setting as Record<string, unknown>).map(show)
      : [show([name, setting])]
  );

const show = ([name, setting]: [string, unknown]): string =>
  `${name}=${
    Array.isArray(setting) ? `[${setting.join(", ")}]` : String(setting)
  }`;
