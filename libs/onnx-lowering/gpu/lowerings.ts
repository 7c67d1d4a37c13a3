/**
 * Operators as a GPU is given them, where that is not how the CPU is: from ONNX
 * operators that ONNX Runtime's provider for WebGPU computes itself, in as few
 * nodes as can be, and without sums whose order may vary.
 *
 * A node that a provider lacks would be computed on the CPU, after its operands
 * had come down from the GPU. The same models serve CUDA, where scattered sums
 * need not be repeatable either.
 *
 * @module
 */
import type { OperatorType } from "@deepcluster/graph";
import type { Lowerings } from "../lowering.ts";
import { gpuConvolutionLowerings } from "./convolution.ts";
import { gpuElementwiseLowerings } from "./elementwise.ts";
import { gpuLinearAlgebraLowerings } from "./linear_algebra.ts";
import { gpuLossLowerings } from "./losses.ts";
import { gpuNormalizationLowerings } from "./normalization.ts";
import { gpuPoolingLowerings } from "./pooling.ts";
import { gpuReductionLowerings } from "./reduction.ts";

/** How some operators are lowered for a GPU; the others as for the CPU. */
export const gpuLowerings: Partial<Lowerings<OperatorType>> = {
  ...gpuConvolutionLowerings,
  ...gpuElementwiseLowerings,
  ...gpuLinearAlgebraLowerings,
  ...gpuLossLowerings,
  ...gpuNormalizationLowerings,
  ...gpuPoolingLowerings,
  ...gpuReductionLowerings,
};
