/**
 * Derivatives of matrix products and of convolution.
 *
 * @module
 */
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
  matmul: ({ operator, inputs: [a, b] }, dy) => {
    const { transposeA, transposeB } = operator;
    return [
      transposeA
        ? matmul(b!, dy, { transposeA: transposeB, transposeB: true })
        : matmul(dy, b!, { transposeB: !transposeB }),
      transposeB
        ? matmul(dy, a!, { transposeA: true, transposeB: transposeA })
        : matmul(a!, dy, { transposeA: !transposeA }),
    ];
  },
  coarseMatmul: noDerivative,
  convolution: ({ operator: { geometry }, inputs: [x, filter] }, dy) => [
    convolutionInputGradient(filter!, dy, x!.shape, geometry),
    convolutionFilterGradient(x!, dy, filter!.shape, geometry),
  ],
  convolutionInputGradient: noDerivative,
  convolutionFilterGradient: noDerivative,
};
