/**
 * Derivatives of the poolings.
 *
 * @module
 */
import { Effect } from "effect";
import { averagePoolGradient, maxPoolGradient } from "../pooling.ts";
import { type GradientRules, noDerivative } from "./rule.ts";

/** Derivatives of the poolings. */
export const poolingGradients: GradientRules<
  "maxPool" | "averagePool" | "maxPoolGradient" | "averagePoolGradient"
> = {
  maxPool: Effect.fnUntraced(function* ({ operator, inputs: [x] }, dy) {
    return [yield* maxPoolGradient(x!, dy, operator.geometry)];
  }),
  averagePool: Effect.fnUntraced(function* ({ operator, inputs: [x] }, dy) {
    return [yield* averagePoolGradient(dy, x!.shape, operator.geometry)];
  }),
  maxPoolGradient: noDerivative,
  averagePoolGradient: noDerivative,
};
