/**
 * What a run does: every operator in order, with the layouts that it computes
 * in, and the values that nobody reads after it.
 *
 * @module
 */
import {
  type Graph,
  type OperatorType,
  topologicalOrder,
  type Value,
} from "@deepcluster/graph";
import type { Kernel, Layout, Layouts } from "./kernel.ts";
import { kernels } from "./kernels.ts";

/** One operator of a run. */
export interface Step {
  /** What is computed. */
  readonly value: Value;
  /** Name of the step, which `failureOf` finds the operator by. */
  readonly name: string;
  /** How. */
  readonly kernel: Kernel<OperatorType>;
  /** In which layouts. */
  readonly layouts: Layouts;
  /** Values that no later step reads, and that are no result of the run. */
  readonly done: readonly Value[];
}

/** How a graph is run. */
export interface Plan {
  /** A step for everything but inputs and state, in order. */
  readonly steps: readonly Step[];
  /** Values that are read after the run, each once. */
  readonly results: readonly Value[];
}

/**
 * Plans the runs of a graph.
 *
 * @param graph A valid graph.
 * @param results Values that are read after a run.
 * @returns See {@link Plan}.
 */
export const planOf = (graph: Graph, results: readonly Value[]): Plan => {
  const order = topologicalOrder(graph);
  const done = lastUses(order, new Set(results));
  const held = new Map<Value, Layout>();
  const steps = order.flatMap((value, position): readonly Step[] => {
    const { type } = value.operator;
    if (type === "input") return [];
    const kernel = kernels[type] as Kernel<OperatorType>;
    const layouts = kernel.layouts(
      value as Parameters<typeof kernel.layouts>[0],
      value.inputs.map((operand) => held.get(operand) ?? "plain"),
    );
    held.set(value, layouts.writes);
    const name = `%${position} ${type}/tfjs`;
    return [{ value, name, kernel, layouts, done: done[position]! }];
  });
  return { steps, results: [...new Set(results)] };
};

/** The values that are read for the last time at each position. */
const lastUses = (
  order: readonly Value[],
  results: ReadonlySet<Value>,
): readonly (readonly Value[])[] => {
  const lastUse = new Map<Value, number>();
  order.forEach((value, position) => {
    for (const used of [value, ...value.inputs]) lastUse.set(used, position);
  });
  const done: Value[][] = order.map(() => []);
  for (const [value, position] of lastUse) {
    if (!results.has(value)) done[position]!.push(value);
  }
  return done;
};
