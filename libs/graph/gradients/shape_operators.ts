/**
 * Derivatives of the operators that only move elements.
 *
 * @module
 */
import { Effect } from "effect";
import { reshape, transpose } from "../shape_operators.ts";
import { type GradientRules, sumTo } from "./rule.ts";

/** Derivatives of the operators that only move elements. */
export const shapeGradients: GradientRules<
  "reshape" | "broadcast" | "transpose"
> = {
  reshape: Effect.fnUntraced(function* ({ inputs: [x] }, dy) {
    return [yield* reshape(dy, x!.shape)];
  }),
  broadcast: Effect.fnUntraced(function* ({ inputs: [x] }, dy) {
    return [yield* sumTo(dy, x!.shape)];
  }),
  transpose: Effect.fnUntraced(function* ({ operator }, dy) {
    const { permutation } = operator;
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    return [yield* transpose(dy, inverse)];
  }),
};
