/**
 * Products of matrices in TensorFlow.js.
 *
 * @module
 */
import { type Kernels, plain } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/** Kernels of the products of matrices. */
export const linearAlgebraKernels: Kernels<"matmul" | "coarseMatmul"> = {
  matmul: plain(([a, b], { operator }, { tf }) =>
    tf.matMul(a!, b!, operator.transposeA, operator.transposeB)
  ),
  coarseMatmul: plain(([a, b], _, { tf }) =>
    tf.matMul(bytes(tf, a!), bytes(tf, b!))
  ),
};

/** The nearest whole numbers of eight bits, ties to the even ones. */
const bytes = (tf: Tf, x: TfTensor): TfTensor =>
  tf.clipByValue(tf.round(x), -128, 127);
