/**
 * What an engine says when it fails, as errors that name the operator of the
 * graph or the memory that is missing.
 *
 * An executor names what it does after the position of the value in the
 * topological order, such as `%12 matmul/Gemm`, and has that name in its reason.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import {
  type Graph,
  showType,
  topologicalOrder,
  type Value,
} from "@deepcluster/graph";
import {
  CompilationError,
  ExecutionError,
  OutOfMemoryError,
} from "./errors.ts";

/**
 * The error for a failure of the library.
 *
 * @param action What was being done.
 * @param graph The graph that it was done with.
 * @param reason What the library says.
 * @returns `OutOfMemoryError` when it speaks of memory, else the error of the
 * action, with the operator where the library names its node.
 */
export const failureOf = (
  action: "compile" | "run",
  graph: Graph,
  reason: string,
): OutOfMemoryError | CompilationError | ExecutionError => {
  if (speaksOfMemory(reason)) {
    return new OutOfMemoryError({ action, ...memoryOf(graph) });
  }
  const fields = { operator: operatorIn(reason, graph), reason };
  return action === "compile"
    ? new CompilationError(fields)
    : new ExecutionError(fields);
};

/**
 * Says what went wrong, in the words of the library.
 *
 * @param cause What was thrown.
 * @returns Its message on one line.
 */
export const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .trim().replaceAll(/\s+/g, " ");

/**
 * Returns whether the library stopped for want of memory.
 *
 * @param reason What it says.
 * @returns Whether that is about memory.
 */
export const speaksOfMemory = (reason: string): boolean =>
  outOfMemory.test(reason);

const outOfMemory = new RegExp(
  [
    "bad_alloc",
    "bad allocation",
    "bad array new length",
    "failed to allocate",
    "out of memory",
    "allocation failed",
    "array length",
    "size overflow",
    "integer overflow",
    // ONNX Runtime on WebGPU, of tensors that no buffer or memory holds
    "invalid buffer",
    "too many storage buffers",
    "narrowing_error",
  ].join("|"),
  "i",
);

const operatorIn = (reason: string, graph: Graph): string | undefined => {
  const position = /%(\d+) \w+\//.exec(reason)?.[1];
  const value = topologicalOrder(graph)[Number(position)];
  return value && show(value);
};

const show = ({ operator, inputs, shape, dtype }: Value): string => {
  const operands = inputs.map(({ shape, dtype }) => showType(shape, dtype));
  return `${operator.type}(${operands.join(", ")}) -> ${
    showType(shape, dtype)
  }`;
};

const memoryOf = (graph: Graph) => {
  const values = topologicalOrder(graph);
  const largest = values.toSorted((a, b) => sizeOf(b.shape) - sizeOf(a.shape))
    .at(0);
  return {
    inputs: Object.entries(graph.inputs)
      .map(([name, { shape, dtype }]) => `${name} ${showType(shape, dtype)}`)
      .join(", "),
    largest: largest === undefined ? "none" : show(largest),
    largestBytes: largest === undefined ? 0 : bytesOf(largest.shape),
    stateBytes: Object.values(graph.state)
      .reduce((sum, { current }) => sum + bytesOf(current.shape), 0),
  };
};

/** Elements of both types take 4 bytes. */
const bytesOf = (shape: Shape): number => 4 * sizeOf(shape);
