/**
 * What a graph comes to on a GPU, without one.
 *
 * @module
 */
import { floatTensor, intTensor, type Tensor } from "@deepcluster/core";
import type { Graph, Value } from "@deepcluster/graph";
import { lower } from "@deepcluster/onnx-lowering";
import { nodesOnCpu } from "./operators.ts";

/** A graph as ONNX Runtime is given it for a GPU. */
export interface GpuPlacement {
  /** Number of ONNX nodes, before the library optimises them. */
  readonly nodes: number;
  /** Those that the CPU would compute, and why; none in all our graphs. */
  readonly onCpu: readonly string[];
}

/**
 * Lowers a graph for a GPU and looks where its nodes will run.
 *
 * @param graph A valid graph.
 * @returns See {@link GpuPlacement}.
 */
export const gpuPlacement = (graph: Graph): GpuPlacement => {
  const constants = Object.entries(graph.state)
    .filter(([, { next }]) => next === undefined)
    .map(([name, { current }]) => [name, withoutData(current)] as const);
  const { model } = lower(graph, Object.fromEntries(constants), {
    onGpu: true,
  });
  return { nodes: model.nodes.length, onCpu: nodesOnCpu(model) };
};

/** A tensor by its type alone. */
const withoutData = ({ shape, dtype }: Value): Tensor =>
  dtype === "int32"
    ? intTensor(shape, new Int32Array())
    : floatTensor(shape, new Float32Array());
