/**
 * Operators that only move elements in TensorFlow.js.
 *
 * @module
 */
import { type Kernels, plain } from "./kernel.ts";

/** Kernels of the operators that only move elements. */
export const shapeKernels: Kernels<"reshape" | "broadcast" | "transpose"> = {
  reshape: plain(([x], { shape }, { tf }) => tf.reshape(x!, [...shape])),
  broadcast: plain(([x], { shape }, { tf }) => tf.broadcastTo(x!, [...shape])),
  transpose: plain(([x], { operator }, { tf }) =>
    tf.transpose(x!, [...operator.permutation])
  ),
};
