/**
 * Which ONNX operators are computed on a GPU: what lowering for one may use.
 *
 * @module
 */
import type { Attribute, Model, Node } from "@deepcluster/onnx-format";

/** Element types that a model may have between its nodes. */
type ElementType = "float32" | "int32" | "int64" | "bool";

const floats = ["float32"] as const;
const numbers = ["float32", "int32"] as const;
const all = ["float32", "int32", "bool"] as const;

/**
 * Operators that ONNX Runtime's provider for WebGPU computes itself, with the
 * element types of their first operand (of `Where`, of the second) for which it
 * does. Found with version 1.30 from the placement that it logs, one operator
 * and type after the other.
 *
 * Not among them, and computed on the CPU: `Round`, `LogSoftmax`, `Sign`,
 * `Mod`, `Sum`, `Mean`, `Or`, `FusedMatMul`, `QuantizeLinear`,
 * `ConstantOfShape`, all that reads 64-bit integers, and of 32-bit integers
 * `Slice`, `Neg`, `Abs` and `GatherElements`. `MaxPool` is, but then fails
 * where it is to tell positions as well. `ScatterElements` is, by atomic sums
 * whose order varies; it is left out here.
 */
const gpuOperators: Readonly<Record<string, readonly ElementType[]>> = {
  Abs: floats,
  Add: numbers,
  And: ["bool"],
  AveragePool: floats,
  BatchNormalization: floats,
  Cast: all,
  Ceil: floats,
  Clip: numbers,
  Concat: numbers,
  Conv: floats,
  ConvTranspose: floats,
  Div: numbers,
  Equal: numbers,
  Exp: floats,
  Expand: all,
  Floor: floats,
  Gather: numbers,
  Gemm: floats,
  Greater: numbers,
  GreaterOrEqual: numbers,
  Identity: numbers,
  Less: numbers,
  LessOrEqual: numbers,
  Log: floats,
  MatMul: floats,
  Max: numbers,
  MaxPool: floats,
  Min: numbers,
  Mul: numbers,
  Neg: floats,
  Not: ["bool"],
  Pad: numbers,
  Pow: numbers,
  Reciprocal: floats,
  ReduceL2: numbers,
  ReduceLogSumExp: floats,
  ReduceMax: numbers,
  ReduceMean: numbers,
  ReduceMin: numbers,
  ReduceSum: numbers,
  ReduceSumSquare: numbers,
  Relu: floats,
  Reshape: all,
  Sigmoid: floats,
  Slice: floats,
  Softmax: floats,
  Softplus: floats,
  Split: numbers,
  Sqrt: floats,
  Squeeze: numbers,
  Sub: numbers,
  Tanh: floats,
  Transpose: numbers,
  Unsqueeze: numbers,
  Where: numbers,
};

/**
 * Nodes of a model that a GPU's provider would hand to the CPU.
 *
 * @param model A model.
 * @returns One line for each, such as `%3 argMax/Cast of int64`; none when the
 * model runs on the GPU.
 */
export const nodesOnCpu = (model: Model): readonly string[] => {
  const types = new Map<string, ElementType>(
    [...model.inputs, ...model.constants]
      .map(({ name, dtype }) => [name, dtype as ElementType]),
  );
  return model.nodes.flatMap((node) => {
    const read = node.operator === "Where" ? 1 : 0;
    const type = types.get(node.inputs[read]!)!;
    for (const name of node.outputs) types.set(name, resultOf(node, type));
    const isOnGpu = gpuOperators[node.operator]?.includes(type) &&
      (node.operator !== "MaxPool" || node.outputs.length === 1);
    return isOnGpu ? [] : [`${node.name} of ${type}`];
  });
};

/** Type of the results of a node. */
const resultOf = (
  { operator, attributes }: Node,
  read: ElementType,
): ElementType => {
  if (/^(Equal|Less|Greater)/.test(operator)) return "bool";
  if (/^Arg/.test(operator)) return "int64";
  return operator === "Cast"
    ? dataTypes[(attributes["to"] as Attribute & { i: number }).i]!
    : read;
};

/** By their numbers in `TensorProto.DataType` of the ONNX format. */
const dataTypes: Readonly<Record<number, ElementType>> = {
  1: "float32",
  6: "int32",
  7: "int64",
  9: "bool",
};
