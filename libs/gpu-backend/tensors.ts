/**
 * What executors do with tensors of the process.
 *
 * @module
 */
import { floatTensor, intTensor, type Tensor } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";

/**
 * Makes a tensor for a value.
 *
 * @param value What it will hold.
 * @returns A tensor of zeros.
 */
export const zeros = ({ dtype, shape }: Value): Tensor =>
  dtype === "int32" ? intTensor(shape) : floatTensor(shape);

/**
 * Copies a tensor.
 *
 * @param tensor Any tensor.
 * @returns One of its own memory.
 */
export const copied = (tensor: Tensor): Tensor =>
  tensor.dtype === "int32"
    ? intTensor(tensor.shape, new Int32Array(tensor.data))
    : floatTensor(tensor.shape, new Float32Array(tensor.data));
