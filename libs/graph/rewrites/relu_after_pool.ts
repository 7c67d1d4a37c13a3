/**
 * ReLU after max-pooling instead of before, with the same results: the larger
 * of two numbers is the larger one still when both are rectified. A pooling of
 * 2 x 2 leaves a quarter of the numbers to rectify, and of the gradients to
 * mask.
 *
 * @module
 */
import { relu, reluGradient } from "../elementwise.ts";
import { topologicalOrder } from "../graph.ts";
import { maxPool, maxPoolGradient } from "../pooling.ts";
import type { Graph, OperatorOf, Value } from "../value.ts";
import { isOf, rewriteGraph, sameGeometry, usersOf } from "./rewrite.ts";

/**
 * Rewrites a graph that trains through rectified maps which are only pooled.
 *
 * Other graphs stay as they are: without gradients ONNX Runtime rectifies in
 * the node of the convolution.
 *
 * @param graph A valid graph.
 * @returns The graph with the same inputs, outputs and state by name.
 */
export const reluAfterPool = (graph: Graph): Graph => {
  const order = topologicalOrder(graph);
  const moved = movedRelus(graph, order);
  if (moved.size === 0) return graph;
  return rewriteGraph(graph, order, (now) => {
    const pooled = new Map<Value, Value>();
    return (value) => {
      const { operator, inputs: [x, dy] } = value;
      if (operator.type === "maxPool" && moved.has(x!)) {
        const maxima = maxPool(now(x!.inputs[0]!), operator.geometry);
        pooled.set(x!, maxima);
        return relu(maxima);
      }
      const rectified = dy?.inputs[0];
      if (operator.type === "reluGradient" && moved.has(rectified!)) {
        const { geometry } = dy!.operator as OperatorOf<"maxPoolGradient">;
        const upstream = now(dy!.inputs[1]!);
        const masked = reluGradient(pooled.get(rectified!)!, upstream);
        return maxPoolGradient(now(x!), masked, geometry);
      }
      return undefined;
    };
  });
};

/** Results of ReLU of which nothing reads more than one pooling. */
const movedRelus = (
  graph: Graph,
  order: readonly Value[],
): ReadonlySet<Value> => {
  const users = usersOf(graph, order);
  const isMoved = (rectified: Value): boolean => {
    const [pool, gradient, ...others] = users.get(rectified) ?? [];
    if (!isOf("maxPool", pool) || !isOf("maxPoolGradient", gradient)) {
      return false;
    }
    const [mask, ...more] = users.get(gradient) ?? [];
    return others.length + more.length === 0 &&
      sameGeometry(pool, gradient) && gradient.inputs[1] !== rectified &&
      isOf("reluGradient", mask) && mask.inputs[1] === gradient &&
      mask.inputs[0] === rectified.inputs[0];
  };
  return new Set(
    order.filter((value) => isOf("relu", value) && isMoved(value)),
  );
};
