/**
 * Operands before they are broadcast: ONNX broadcasts in its arithmetic
 * operators, so that most broadcasts need not be spelled out.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { broadcastShapes, type Value } from "@deepcluster/graph";
import type { Lowering } from "./lowering.ts";

/** An operand as small as it can be given. */
export interface Operand {
  /** Its sizes as given. */
  readonly shape: Shape;
  /** The value that holds it. */
  readonly value: Value;
  /** Names its tensor. */
  readonly tensor: (to: Lowering) => string;
}

/**
 * An operand before broadcasting; a constant as a scalar.
 *
 * @param value Any value.
 * @returns What broadcasts to it.
 */
export const compact = (value: Value): Operand => {
  const { operator, inputs, dtype } = value;
  if (operator.type === "broadcast") return compact(inputs[0]!);
  return operator.type === "constant"
    ? { shape: [], value, tensor: (to) => to.scalar(operator.value, dtype) }
    : whole(value);
};

/**
 * Two operands as small as they can be given for a result of some shape.
 *
 * @param a First operand.
 * @param b Second operand.
 * @param shape What both broadcast to together.
 * @returns Both, compact where the other one still fixes the shape.
 */
export const compactPair = (
  a: Value,
  b: Value,
  shape: Shape,
): readonly [Operand, Operand] => {
  const [smallA, smallB] = [compact(a), compact(b)];
  const pairs = [[smallA, smallB], [whole(a), smallB], [smallA, whole(b)]];
  const fitting = pairs.find(([left, right]) =>
    sameSizes(broadcastShapes(left!.shape, right!.shape), shape)
  );
  return fitting === undefined
    ? [whole(a), whole(b)]
    : [fitting[0]!, fitting[1]!];
};

/**
 * Whether two shapes are equal.
 *
 * @param a Sizes, or none.
 * @param b Sizes.
 * @returns True when they are the same numbers.
 */
export const sameSizes = (a: Shape | undefined, b: Shape): boolean =>
  a !== undefined && a.length === b.length &&
  a.every((size, axis) => size === b[axis]);

const whole = (value: Value): Operand => ({
  shape: value.shape,
  value,
  tensor: (to) => to.tensor(value),
});
