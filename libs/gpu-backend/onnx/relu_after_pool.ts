/**
 * ReLU after max-pooling instead of before, with the same results: the larger
 * of two numbers is the larger one still when both are rectified. A pooling of
 * 2 x 2 leaves a quarter of the numbers to rectify, and of the gradients to
 * mask.
 *
 * @module
 */
import {
  type Graph,
  maxPool,
  maxPoolGradient,
  type OperatorOf,
  type OperatorType,
  type Pooling,
  relu,
  reluGradient,
  topologicalOrder,
  type Value,
} from "@deepcluster/graph";
import { mapRecord } from "../tensors.ts";

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
  const rewritten = new Map<Value, Value>();
  const now = (value: Value): Value => rewritten.get(value)!;
  const pooled = new Map<Value, Value>();
  for (const value of order) rewritten.set(value, rewrite(value));
  return {
    ...graph,
    outputs: mapRecord(graph.outputs, now),
    state: mapRecord(
      graph.state,
      ({ current, next }) => ({ current, ...next && { next: now(next) } }),
    ),
  };

  function rewrite(value: Value): Value {
    const { operator, inputs: [x, dy] } = value;
    if (operator.type === "maxPool" && moved.has(x!)) {
      const maxima = maxPool(now(x!.inputs[0]!), operator.geometry);
      pooled.set(x!, maxima);
      return relu(maxima);
    }
    const rectified = dy?.inputs[0];
    if (operator.type === "reluGradient" && moved.has(rectified!)) {
      const { geometry } = dy!.operator as OperatorOf<"maxPoolGradient">;
      const masked = reluGradient(pooled.get(rectified!)!, now(dy!.inputs[1]!));
      return maxPoolGradient(now(x!), masked, geometry);
    }
    const inputs = value.inputs.map(now);
    return inputs.every((input, i) => input === value.inputs[i])
      ? value
      : { ...value, inputs };
  }
};

/** Results of ReLU of which nothing reads more than one pooling. */
const movedRelus = (
  graph: Graph,
  order: readonly Value[],
): ReadonlySet<Value> => {
  const users = new Map<Value, readonly (Value | "caller")[]>();
  const use = (value: Value, user: Value | "caller") =>
    users.set(value, [...users.get(value) ?? [], user]);
  for (const value of order) {
    for (const input of value.inputs) use(input, value);
  }
  for (const value of Object.values(graph.outputs)) use(value, "caller");
  for (const { next } of Object.values(graph.state)) {
    if (next !== undefined) use(next, "caller");
  }
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

const isOf = <T extends OperatorType>(
  type: T,
  value: Value | "caller" | undefined,
): value is Value & { readonly operator: OperatorOf<T> } =>
  typeof value === "object" && value.operator.type === type;

type Pooled = Value & { readonly operator: { readonly geometry: Pooling } };

const sameGeometry = (a: Pooled, b: Pooled): boolean =>
  JSON.stringify(a.operator.geometry) === JSON.stringify(b.operator.geometry);
