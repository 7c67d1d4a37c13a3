/**
 * Reverse-mode differentiation: the gradient of a loss as further values of
 * the same graph.
 *
 * Reference: A. Griewank and A. Walther, "Evaluating Derivatives", 2008,
 * chapter 3.
 *
 * @module
 */
import { Effect } from "effect";
import { floatsOnly, refuse } from "./apply.ts";
import { add } from "./elementwise.ts";
import { GradientError, type ShapeError } from "./errors.ts";
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
 * @returns Gradients of the parameters' shapes, in their order, or `ShapeError`
 * when the loss is no scalar or a parameter holds integers, or `GradientError`
 * when an operator between a parameter and the loss has no derivative.
 *
 * @example The slope of a square
 * ```ts
 * import { evaluate, gradients, input, multiply } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const [slope] = Effect.runSync(Effect.gen(function* () {
 *   const x = yield* input("x", []);
 *   const [gradient] = yield* gradients(yield* multiply(x, x), [x]);
 *   return yield* evaluate([gradient!], {
 *     x: { shape: [], data: Float64Array.of(3) },
 *   });
 * }));
 * assert.equal(slope!.data[0], 6);
 * ```
 */
export const gradients = Effect.fn("gradients")(function* (
  loss: Value,
  parameters: readonly Value[],
): Effect.fn.Return<readonly Value[], ShapeError | GradientError> {
  yield* checkArguments(loss, parameters);
  const order = orderOf([loss]);
  const sources = new Set(parameters);
  const wanted = dependents(order, sources);
  const found = new Map([[loss, yield* constant(1)]]);
  for (const value of order.toReversed()) {
    const dy = found.get(value);
    if (dy === undefined || !value.inputs.some((x) => wanted.has(x))) continue;
    const parts = yield* ruleOf(value)(value, dy, sources);
    for (const [index, operand] of value.inputs.entries()) {
      if (!wanted.has(operand)) continue;
      const part = parts[index] ?? (yield* underivable(value, index));
      if (part === "zero") continue;
      const sum = found.get(operand);
      found.set(operand, sum === undefined ? part : yield* add(sum, part));
    }
  }
  return yield* Effect.forEach(parameters, (parameter) => {
    const gradient = found.get(parameter);
    return gradient === undefined
      ? constant(0, parameter.shape)
      : Effect.succeed(gradient);
  });
});

const underivable = (
  { operator, inputs }: Value,
  operand: number,
): Effect.Effect<never, GradientError> =>
  Effect.fail(
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

const checkArguments = Effect.fnUntraced(function* (
  loss: Value,
  parameters: readonly Value[],
): Effect.fn.Return<void, ShapeError> {
  if (loss.shape.length > 0 || loss.dtype !== "float32") {
    yield* refuse("gradients", { loss }, "the loss must be a float32 scalar");
  }
  for (const parameter of parameters) {
    const broken = floatsOnly(parameter);
    if (broken !== undefined) yield* refuse("gradients", { parameter }, broken);
  }
});
