/**
 * How every operator makes its value: from named operands and a shape, or from
 * the rule that the operands break.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";
import { raise } from "./build_error.ts";
import { ShapeError } from "./errors.ts";
import type { Operator, Value } from "./value.ts";

/** Two sizes `[vertical, horizontal]`, or one number for both. */
export type Pair = number | readonly [number, number];

/** Operands by the name that errors give them, in the operator's order. */
export type Operands = Readonly<Record<string, Value>>;

/**
 * Applies an operator to operands.
 *
 * @param operator What to compute.
 * @param operands Its inputs by name, in order.
 * @param shape The result's shape, or the rule that the operands break.
 * @param dtype Element type of the result.
 * @returns The value.
 * @throws {ShapeError} When a rule is broken.
 */
export const apply = (
  operator: Operator,
  operands: Operands,
  shape: Shape | string,
  dtype: DType = "float32",
): Value =>
  typeof shape === "string"
    ? refuse(operator.type, operands, shape, settingsOf(operator))
    : { operator, inputs: Object.values(operands), shape, dtype };

/**
 * Refuses operands of an operator, or of a composition of operators.
 *
 * @param operator Name of the operator or composition.
 * @param operands Its operands by name, in order.
 * @param rule What must hold and does not.
 * @param settings Its settings, rendered, such as `count=1`.
 * @returns Never.
 * @throws {ShapeError} Always.
 */
export const refuse = (
  operator: string,
  operands: Operands,
  rule: string,
  settings: readonly string[] = [],
): never =>
  raise(
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
 * Returns both sizes of a pair.
 *
 * @param pair One number for both, or two.
 * @returns `[vertical, horizontal]`.
 */
export const pairOf = (pair: Pair): readonly [number, number] =>
  typeof pair === "number" ? [pair, pair] : pair;

/**
 * Returns the first broken rule among several.
 *
 * @param rules Each what must hold, with whether it does.
 * @returns The rule, or nothing when all hold.
 */
export const firstBroken = (
  rules: readonly (readonly [rule: string, holds: boolean])[],
): string | undefined => rules.find(([, holds]) => !holds)?.[0];

/**
 * Checks that operands are of 32-bit floats.
 *
 * @param operands Values that an operator computes with.
 * @returns The rule, or nothing when it holds.
 */
export const floatsOnly = (...operands: readonly Value[]): string | undefined =>
  operands.every(({ dtype }) => dtype === "float32")
    ? undefined
    : "operands must be float32";

/**
 * Returns whether two shapes are equal.
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
