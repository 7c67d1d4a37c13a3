/**
 * Derivatives of the operators that only move elements.
 *
 * @module
 */
import { reshape, transpose } from "../shape_operators.ts";
import { type GradientRules, sumTo } from "./rule.ts";

/** Derivatives of the operators that only move elements. */
export const shapeGradients: GradientRules<
  "reshape" | "broadcast" | "transpose"
> = {
  reshape: ({ inputs: [x] }, dy) => [reshape(dy, x!.shape)],
  broadcast: ({ inputs: [x] }, dy) => [sumTo(dy, x!.shape)],
  transpose: ({ operator: { permutation } }, dy) => {
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    return [transpose(dy, inverse)];
  },
};
