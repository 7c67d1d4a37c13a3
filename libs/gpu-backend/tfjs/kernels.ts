/**
 * How each operator is computed, by its name.
 *
 * @module
 */
import type { OperatorType } from "@deepcluster/graph";
import { convolutionKernels } from "./convolution.ts";
import { elementwiseKernels } from "./elementwise.ts";
import type { Kernels } from "./kernel.ts";
import { linearAlgebraKernels } from "./linear_algebra.ts";
import { lossKernels } from "./losses.ts";
import { normalizationKernels } from "./normalization.ts";
import { poolingKernels } from "./pooling.ts";
import { reductionKernels } from "./reduction.ts";
import { shapeKernels } from "./shape_operators.ts";

/** A kernel for every operator. */
export const kernels: Kernels<Exclude<OperatorType, "input">> = {
  ...elementwiseKernels,
  ...shapeKernels,
  ...linearAlgebraKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...normalizationKernels,
  ...reductionKernels,
  ...lossKernels,
};
