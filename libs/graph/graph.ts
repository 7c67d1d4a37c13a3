/**
 * Values gathered into a graph that can be run: its inputs found, its names
 * checked, its operators put in order.
 *
 * @module
 */
import { Effect } from "effect";
import { sameShape } from "./apply.ts";
import { GraphError, showType } from "./errors.ts";
import type { Graph, State, Value } from "./value.ts";

/**
 * Gathers outputs, and what they are computed from, into a graph.
 *
 * Inputs that are not state are fed at every run.
 *
 * @param outputs Values handed back by every run, by name.
 * @param state Values kept between runs, by the name of their input: constant
 * ones as values, changing ones with what replaces them.
 * @returns The graph, or `GraphError` when a name belongs to two values, state
 * is no input, or what replaces it has another shape or type.
 *
 * @example A layer with its weight as state
 * ```ts
 * import { graphOf, input, linear } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const graph = Effect.runSync(Effect.gen(function* () {
 *   const x = yield* input("x", [8, 4]);
 *   const weight = yield* input("weight", [2, 4]);
 *   return yield* graphOf({ y: yield* linear(x, weight) }, { weight });
 * }));
 * assert.deepEqual(Object.keys(graph.inputs), ["x"]);
 * assert.deepEqual(Object.keys(graph.state), ["weight"]);
 * ```
 */
export const graphOf = Effect.fnUntraced(function* (
  outputs: Readonly<Record<string, Value>>,
  state: Readonly<Record<string, Value | State>> = {},
): Effect.fn.Return<Graph, GraphError> {
  const kept = Object.fromEntries(
    Object.entries(state).map(([name, entry]): [string, State] => [
      name,
      "current" in entry ? entry : { current: entry },
    ]),
  );
  const inputs: Record<string, Value> = {};
  for (const value of orderOf(rootsOf({ outputs, state: kept }))) {
    if (value.operator.type !== "input") continue;
    const { name } = value.operator;
    if (!Object.hasOwn(kept, name)) inputs[name] ??= value;
  }
  const graph = { inputs, state: kept, outputs };
  yield* validate(graph);
  return graph;
});

/**
 * Checks that a graph can be run.
 *
 * @param graph Any graph, also one not made by {@link graphOf}.
 * @returns Nothing, or `GraphError` naming the first value that is wrong.
 */
export const validate = Effect.fnUntraced(function* (
  graph: Graph,
): Effect.fn.Return<void, GraphError> {
  for (const [name, { current, next }] of Object.entries(graph.state)) {
    yield* validateLeaf(name, current);
    if (next !== undefined && !sameType(current, next)) {
      yield* fail(name, "otherType", current, next);
    }
    const fed = graph.inputs[name];
    if (fed !== undefined) yield* fail(name, "twice", fed, current);
  }
  for (const [name, value] of Object.entries(graph.inputs)) {
    yield* validateLeaf(name, value);
  }
  for (const value of topologicalOrder(graph)) {
    if (value.operator.type !== "input") continue;
    const { name } = value.operator;
    const known = graph.state[name]?.current ?? graph.inputs[name];
    if (known === undefined) yield* fail(name, "unknown", value);
    else if (known !== value) yield* fail(name, "twice", known, value);
  }
});

/**
 * The values that a run computes, each after those it is computed from.
 *
 * Depth first from the outputs and then from what replaces state, in the order
 * of their names in the graph: equal programs give equal orders. Inputs and
 * state that nothing depends on are left out.
 *
 * @param graph Any graph.
 * @returns Its values, each once.
 */
export const topologicalOrder = (graph: Graph): readonly Value[] =>
  orderOf(rootsOf(graph));

/**
 * The values that some values are computed from, and these themselves, each
 * after its own inputs; depth first, in the order of `roots`.
 *
 * @param roots Where to begin.
 * @returns The values, each once.
 */
export const orderOf = (roots: readonly Value[]): readonly Value[] => {
  const ordered = new Set<Value>();
  const pending = roots.toReversed();
  while (pending.length > 0) {
    const value = pending.at(-1)!;
    const missing = ordered.has(value)
      ? []
      : value.inputs.filter((operand) => !ordered.has(operand));
    if (missing.length > 0) {
      pending.push(...missing.reverse());
    } else {
      ordered.add(value);
      pending.pop();
    }
  }
  return [...ordered];
};

const rootsOf = (graph: Pick<Graph, "outputs" | "state">): readonly Value[] => [
  ...Object.values(graph.outputs),
  ...Object.values(graph.state).flatMap(({ next }) => next ?? []),
];

const validateLeaf = Effect.fnUntraced(function* (
  name: string,
  value: Value,
): Effect.fn.Return<void, GraphError> {
  if (value.operator.type !== "input") yield* fail(name, "notAnInput", value);
  else if (value.operator.name !== name) yield* fail(name, "otherName", value);
});

const sameType = (a: Value, b: Value): boolean =>
  a.dtype === b.dtype && sameShape(a.shape, b.shape);

const fail = (
  name: string,
  reason: GraphError["reason"],
  ...values: readonly Value[]
): Effect.Effect<never, GraphError> =>
  Effect.fail(
    new GraphError({ name, reason, present: values.map(show).join(", ") }),
  );

const show = ({ operator, shape, dtype }: Value): string =>
  `${operator.type === "input" ? `input ${operator.name}` : operator.type}=${
    showType(shape, dtype)
  }`;
