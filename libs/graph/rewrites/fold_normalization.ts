/**
 * Normalisation by statistics that never change as part of the convolution
 * before it, with the same results but for rounding: each filter is multiplied
 * and its bias shifted once, where every pass would read and write all maps.
 *
 * @module
 */
import { convolution } from "../convolution.ts";
import { addBias } from "../shape_operators.ts";
import { add, divide, multiply, sqrt, subtract } from "../elementwise.ts";
import { topologicalOrder } from "../graph.ts";
import { reshape } from "../shape_operators.ts";
import type { Graph, Value } from "../value.ts";
import { isOf, type Of, rewriteGraph, type Users, usersOf } from "./rewrite.ts";

/**
 * Rewrites a graph in which nothing but normalised maps is used of a
 * convolution whose filter and bias never change.
 *
 * @param graph A valid graph.
 * @returns The graph with the same inputs, outputs and state by name.
 */
export const foldNormalization = (graph: Graph): Graph => {
  const order = topologicalOrder(graph);
  const users = usersOf(graph, order);
  const fixed = constantValues(graph, order);
  const folded = new Map(order.flatMap((value) => {
    const block = isOf("batchNormalization", value)
      ? blockOf(value, users, fixed)
      : undefined;
    return block === undefined ? [] : [[value, block] as const];
  }));
  if (folded.size === 0) return graph;
  return rewriteGraph(graph, order, (now) => (value) => {
    const block = folded.get(value as Of<"batchNormalization">);
    return block && foldedInto(block, now(block.convolved.inputs[0]!));
  });
};

/**
 * Finds the values of a graph that are the same in every run: state that never
 * changes, constants, and what is computed of these alone.
 *
 * @param graph A valid graph.
 * @param order Its values, each after its operands.
 * @returns The values.
 */
export const constantValues = (
  graph: Graph,
  order: readonly Value[],
): ReadonlySet<Value> => {
  const constants = new Set(
    Object.values(graph.state)
      .flatMap(({ current, next }) => next === undefined ? [current] : []),
  );
  for (const value of order) {
    const { operator: { type }, inputs } = value;
    if (type !== "input" && inputs.every((input) => constants.has(input))) {
      constants.add(value);
    }
  }
  return constants;
};

/** A convolution of which only the normalised sum with a bias is used. */
interface ConstantBlock {
  readonly convolved: Of<"convolution">;
  readonly bias: Value;
  readonly normalized: Of<"batchNormalization">;
}

const blockOf = (
  normalized: Of<"batchNormalization">,
  users: Users,
  fixed: ReadonlySet<Value>,
): ConstantBlock | undefined => {
  const [sum, ...statistics] = normalized.inputs;
  const [convolved, added] = sum!.inputs;
  if (!isOf("add", sum) || !isOf("convolution", convolved)) return undefined;
  const bias = isOf("reshape", added) ? added.inputs[0]! : undefined;
  const isWhole = [sum, convolved].every((value) =>
    users.get(value)!.length === 1
  );
  const isFixed = [convolved.inputs[1]!, added!, ...statistics]
    .every((value) => fixed.has(value));
  return isWhole && isFixed && bias?.shape.length === 1 &&
      added!.shape[1] === sum.shape[1]
    ? { convolved, bias, normalized }
    : undefined;
};

const foldedInto = (
  { convolved, bias, normalized }: ConstantBlock,
  images: Value,
): Value => {
  const { operator: { epsilon }, inputs } = normalized;
  const [, mean, variance, scale, shift] = inputs;
  const slope = divide(scale!, sqrt(add(variance!, epsilon)));
  const filter = multiply(
    convolved.inputs[1]!,
    reshape(slope, [slope.shape[0]!, 1, 1, 1]),
  );
  return addBias(
    convolution(images, filter, convolved.operator.geometry),
    add(multiply(subtract(bias, mean!), slope), shift!),
  );
};
