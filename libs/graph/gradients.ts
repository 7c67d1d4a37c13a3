/**
 * Reverse-mode differentiation: the gradient of a loss as further values of
 * the same graph.
 *
 * Reference: A. Griewank and A. Walther, "Evaluating Derivatives", 2008,
 * chapter 3.
 *
 * @module
 */
import { floatsOnly, refuse } from "./apply.ts";
import { raise } from "./build_error.ts";
import { add } from "./elementwise.ts";
import { GradientError } from "./errors.ts";
import { elementwiseGradients } from "./gradients/elementwise.ts";
import { lossGradients } from "./gradients/losses.ts";
import { normalizationGradients } from "./gradients/normalization.ts";
import { poolingGradients } from "./gradients/pooling.ts";
import { productGradients } from "./gradients/products.ts";
import { reductionGradients } from "./gradients/reduction.ts";
import {
  type GradientRule,
  type GradientRules,
  noDerivative,
} from "./gradients/rule.ts";
import { shapeGradients } from "./gradients/shape_operators.ts";
import { orderOf } from "./graph.ts";
import { constant } from "./leaves.ts";
import type { OperatorType, Value } from "./value.ts";

/**
 * Differentiates a loss with respect to parameters.
 *
 * Only values between the parameters and the loss are differentiated: a frozen
 * parameter costs nothing. A parameter that the loss does not depend on has a
 * gradient of zeros.
 *
 * @param loss float32 scalar.
 * @param parameters float32 values that the loss may depend on, also ones that
 * are computed.
 * @returns Gradients of the parameters' shapes, in their order.
 * @throws {ShapeError} When the loss is no scalar or a parameter holds integers.
 * @throws {GradientError} When an operator between a parameter and the loss has
 * no derivative.
 *
 * @example The slope of a square
 * ```ts
 * import { evaluate, gradients, input, multiply } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const x = input("x", []);
 * const [slope] = Effect.runSync(
 *   evaluate(gradients(multiply(x, x), [x]), {
 *     x: { shape: [], data: Float64Array.of(3) },
 *   }),
 * );
 * assert.equal(slope!.data[0], 6);
 * ```
 */
export const gradients = (
  loss: Value,
  parameters: readonly Value[],
): readonly Value[] => {
  checkArguments(loss, parameters);
  const order = orderOf([loss]);
  const sources = new Set(parameters);
  const differentiated = dependents(order, sources);
  const gradientOf = new Map([[loss, constant(1)]]);
  for (const value of order.toReversed()) {
    const dy = gradientOf.get(value);
    if (dy === undefined) continue;
    if (!value.inputs.some((x) => differentiated.has(x))) continue;
    const parts = ruleOf(value)(value, dy, sources);
    for (const [index, operand] of value.inputs.entries()) {
      if (!differentiated.has(operand)) continue;
      const part = parts[index] ?? refuseDerivative(value, index);
      if (part === "zero") continue;
      const sum = gradientOf.get(operand);
      gradientOf.set(operand, sum === undefined ? part : add(sum, part));
    }
  }
  return parameters.map((parameter) =>
    gradientOf.get(parameter) ?? constant(0, parameter.shape)
  );
};

const refuseDerivative = (
  { operator, inputs }: Value,
  operand: number,
): never =>
  raise(
    new GradientError({
      operator: operator.type,
      operand,
      shapes: inputs.map(({ shape }) => shape),
    }),
  );

const rules: GradientRules<OperatorType> = {
  input: noDerivative,
  constant: noDerivative,
  ...elementwiseGradients,
  ...lossGradients,
  ...normalizationGradients,
  ...poolingGradients,
  ...productGradients,
  ...reductionGradients,
  ...shapeGradients,
};

const ruleOf = ({ operator }: Value): GradientRule<OperatorType> =>
  rules[operator.type] as GradientRule<OperatorType>;

/** The values of an order that are, or depend on, some of the sources. */
const dependents = (
  order: readonly Value[],
  sources: ReadonlySet<Value>,
): ReadonlySet<Value> => {
  const reached = new Set<Value>();
  for (const value of order) {
    if (sources.has(value) || value.inputs.some((x) => reached.has(x))) {
      reached.add(value);
    }
  }
  return reached;
};

const checkArguments = (loss: Value, parameters: readonly Value[]): void => {
  if (loss.shape.length > 0 || loss.dtype !== "float32") {
    refuse("gradients", { loss }, "the loss must be a float32 scalar");
  }
  for (const parameter of parameters) {
    const broken = floatsOnly(parameter);
    if (broken !== undefined) refuse("gradients", { parameter }, broken);
  }
};
