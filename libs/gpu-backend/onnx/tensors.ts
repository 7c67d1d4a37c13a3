/**
 * Tensors as those of ONNX Runtime, and back.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Tensor as OnnxTensor } from "onnxruntime-node";
import { copied } from "../tensors.ts";
import type { OnnxRuntime } from "./runtime.ts";

/** Makes a tensor of the library. */
export type Wrap = (tensor: Tensor) => OnnxTensor;

/**
 * Wraps tensors without a copy, except that the library takes no shared memory.
 *
 * @param runtime The library.
 * @returns What wraps a tensor.
 */
export const wrapper =
  (runtime: OnnxRuntime): Wrap => ({ dtype, shape, data }) => {
    const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
    return dtype === "int32"
      ? new runtime.Tensor("int32", own as Int32Array, shape)
      : new runtime.Tensor("float32", own as Float32Array, shape);
  };

/**
 * Wraps tensors by their names in a model.
 *
 * @param tensors By their names in the graph.
 * @param names Names in the model, by those in the graph.
 * @param wrap How.
 * @returns The tensors.
 */
export const wrapAll = (
  tensors: Tensors,
  names: ReadonlyMap<string, string>,
  wrap: Wrap,
): Record<string, OnnxTensor> =>
  Object.fromEntries(
    Object.entries(tensors).map((
      [name, tensor],
    ) => [names.get(name)!, wrap(tensor)]),
  );

/**
 * Reads a tensor of the library, without a copy.
 *
 * @param value What it holds.
 * @param tensor The tensor, in the memory of the process.
 * @returns Its elements with the shape and type of the value.
 */
export const tensorOf = (
  { dtype, shape }: Value,
  { data }: OnnxTensor,
): Tensor =>
  dtype === "int32"
    ? intTensor(shape, data as Int32Array)
    : floatTensor(shape, data as Float32Array);

/**
 * Takes a tensor over. The library writes to no shared memory.
 *
 * @param tensor Any tensor, which is not used afterwards.
 * @returns The same, or a copy where it is in shared memory.
 */
export const owned = (tensor: Tensor): Tensor =>
  tensor.data.buffer instanceof SharedArrayBuffer ? copied(tensor) : tensor;
