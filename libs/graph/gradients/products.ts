/**
 * Derivatives of matrix products and of convolution.
 *
 * @module
 */
import { Effect } from "effect";
import {
  convolutionFilterGradient,
  convolutionInputGradient,
} from "../convolution.ts";
import { matmul } from "../linear_algebra.ts";
import { type GradientRules, noDerivative } from "./rule.ts";

/** Derivatives of matrix products and of convolution. */
export const productGradients: GradientRules<
  | "matmul"
  | "coarseMatmul"
  | "convolution"
  | "convolutionInputGradient"
  | "convolutionFilterGradient"
> = {
  matmul: Effect.fnUntraced(function* ({ operator, inputs: [a, b] }, dy) {
    const { transposeA, transposeB } = operator;
    return [
      yield* transposeA
        ? matmul(b!, dy, { transposeA: transposeB, transposeB: true })
        : matmul(dy, b!, { transposeB: !transposeB }),
      yield* transposeB
        ? matmul(dy, a!, { transposeA: true, transposeB: transposeA })
        : matmul(a!, dy, { transposeA: !transposeA }),
    ];
  }),
  coarseMatmul: noDerivative,
  convolution: Effect.fnUntraced(function* ({ operator, inputs }, dy) {
    const [x, filter] = inputs;
    const { geometry } = operator;
    return [
      yield* convolutionInputGradient(filter!, dy, x!.shape, geometry),
      yield* convolutionFilterGradient(x!, dy, filter!.shape, geometry),
    ];
  }),
  convolutionInputGradient: noDerivative,
  convolutionFilterGradient: noDerivative,
};
