/**
 * Graphs as text, for errors, tests and curious people.
 *
 * @module
 */
import { settingsOf } from "./apply.ts";
import { showType } from "./errors.ts";
import { topologicalOrder } from "./graph.ts";
import type { Graph, Value } from "./value.ts";

/**
 * Lists the operators of a graph in the order of `topologicalOrder`.
 *
 * @param graph Any graph.
 * @returns One line a value, then one line for each output and each state that
 * changes.
 *
 * @example A rectified input
 * ```ts
 * import { buildGraph, describe, input, relu } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const graph = Effect.runSync(
 *   buildGraph(() => ({ outputs: { y: relu(input("x", [2, 3])) } })),
 * );
 * assert.equal(
 *   describe(graph),
 *   "%0 [2, 3] = input(name=x)\n%1 [2, 3] = relu(%0)\noutput y = %1",
 * );
 * ```
 */
export const describe = (graph: Graph): string => {
  const numbers = new Map(
    topologicalOrder(graph).map((value, index) => [value, `%${index}`]),
  );
  const lines = [...numbers].map(([value, number]) =>
    `${number} ${showType(value.shape, value.dtype)} = ${call(value, numbers)}`
  );
  const outputs = Object.entries(graph.outputs).map(([name, value]) =>
    `output ${name} = ${numbers.get(value)}`
  );
  const state = Object.entries(graph.state).flatMap(([name, { next }]) =>
    next === undefined ? [] : [`state ${name} = ${numbers.get(next)}`]
  );
  return [...lines, ...outputs, ...state].join("\n");
};

const call = (
  { operator, inputs }: Value,
  numbers: ReadonlyMap<Value, string>,
): string => {
  const operands = inputs.map((operand) => numbers.get(operand)!);
  return `${operator.type}(${
    [...operands, ...settingsOf(operator)].join(", ")
  })`;
};
