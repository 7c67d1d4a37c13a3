/**
 * Derivatives of the poolings.
 *
 * @module
 */
import { averagePoolGradient, maxPoolGradient } from "../pooling.ts";
import { type GradientRules, noDerivative } from "./rule.ts";

/** Derivatives of the poolings. */
export const poolingGradients: GradientRules<
  "maxPool" | "averagePool" | "maxPoolGradient" | "averagePoolGradient"
> = {
  maxPool: ({ operator: { geometry }, inputs: [x] }, dy) => [
    maxPoolGradient(x!, dy, geometry),
  ],
  averagePool: ({ operator: { geometry }, inputs: [x] }, dy) => [
    averagePoolGradient(dy, x!.shape, geometry),
  ],
  maxPoolGradient: noDerivative,
  averagePoolGradient: noDerivative,
};
