/**
 * What a rule of differentiation is.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { reduceSum } from "../reduction.ts";
import { reshape } from "../shape_operators.ts";
import type { OperatorOf, OperatorType, Value } from "../value.ts";

/** A value whose operator is known. */
export interface ValueOf<T extends OperatorType> extends Value {
  readonly operator: OperatorOf<T>;
}

/**
 * The gradient with respect to one input: `zero` when it is, almost everywhere,
 * or is counted with another input; `undefined` when there is no derivative.
 */
export type Part = Value | "zero" | undefined;

/**
 * Returns gradients with respect to every input of a value from the gradient
 * `dy` with respect to the value itself. Unused ones are dropped: values cost
 * nothing until a graph holds them. `parameters` are what the loss is
 * differentiated with respect to.
 */
export type GradientRule<T extends OperatorType> = (
  value: ValueOf<T>,
  dy: Value,
  parameters: ReadonlySet<Value>,
) => readonly Part[];

/** One rule for every operator of a family. */
export type GradientRules<T extends OperatorType> = {
  readonly [K in T]: GradientRule<K>;
};

/** The rule of operators without derivative. */
export const noDerivative = (): readonly Part[] => [];

/**
 * Returns the gradient with respect to what was broadcast: the sum over the
 * copies.
 *
 * @param dy Gradient with respect to the broadcast value.
 * @param shape Sizes before broadcasting.
 * @returns The gradient in that shape.
 */
export const sumTo = (dy: Value, shape: Shape): Value => {
  const added = dy.shape.length - shape.length;
  const axes = dy.shape.flatMap((size, axis) =>
    axis < added || (shape[axis - added] === 1 && size > 1) ? [axis] : []
  );
  if (axes.length === 0) return dy;
  return reshape(reduceSum(dy, { axes }), shape);
};
