/**
 * Graphs that can be run, built from values: inputs collected, names checked,
 * operators in order.
 *
 * @module
 */
import { Effect } from "effect";
import { sameShape } from "./apply.ts";
import { type BuildError, catchRaised } from "./build_error.ts";
import { GraphError, showType } from "./errors.ts";
import type { Graph, State, Value } from "./value.ts";

/** What a graph consists of: {@link buildGraph} collects its inputs. */
export interface GraphDefinition {
  /** Values that every run returns, by name. */
  readonly outputs: Readonly<Record<string, Value>>;
  /**
   * Values that live between runs, by the name of their input: constant ones as
   * values, changing ones with what replaces them. Default: none.
   */
  readonly state?: Readonly<Record<string, Value | State>>;
}

/**
 * Builds a graph: the door at which every broken rule is reported.
 *
 * Inputs that are not state are fed at every run. Operators that are called
 * outside of `define` throw what this effect fails with.
 *
 * @param define Applies operators; runs each time the effect runs.
 * @returns The graph, or the first broken rule: `ShapeError` when an operator
 * does not take its operands, `GradientError` when one has no derivative,
 * `GraphError` when a name belongs to two values, state is no input, or what
 * replaces it has another shape or type.
 *
 * @example A layer with its weight as state
 * ```ts
 * import { buildGraph, input, linear, relu } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const layer = (inputs: number) =>
 *   buildGraph(() => {
 *     const x = input("x", [8, inputs]);
 *     const weight = input("weight", [2, 4]);
 *     return { outputs: { y: relu(linear(x, weight)) }, state: { weight } };
 *   });
 * const graph = Effect.runSync(layer(4));
 * assert.deepEqual(Object.keys(graph.inputs), ["x"]);
 * assert.deepEqual(Object.keys(graph.state), ["weight"]);
 *
 * const error = Effect.runSync(Effect.flip(layer(5)));
 * assert.equal(
 *   error.message,
 *   "Cannot apply matmul as the inner sizes must be equal: current values " +
 *     "are a=[8, 5], b=[2, 4], transposeA=false, transposeB=true",
 * );
 * ```
 */
export const buildGraph = (
  define: () => GraphDefinition,
): Effect.Effect<Graph, BuildError> =>
  Effect.tap(Effect.map(catchRaised(define), graphOf), validate);

/**
 * Checks that a graph can be run.
 *
 * @param graph Any graph, also one not made by {@link buildGraph}.
 * @returns Nothing, or `GraphError` naming the first value that is wrong.
 */
export const validate: (graph: Graph) => Effect.Effect<void, GraphError> =
  Effect.fnUntraced(function* (graph) {
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
 * Lists the values that a run computes, each after those it is computed from.
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
 * Lists the values that some values are computed from, and these themselves,
 * each after its own inputs; depth first, in the order of `roots`.
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

/** A definition with its inputs, not yet validated. */
const graphOf = ({ outputs, state = {} }: GraphDefinition): Graph => {
  const states = Object.fromEntries(
    Object.entries(state).map(([name, entry]): [string, State] => [
      name,
      "current" in entry ? entry : { current: entry },
    ]),
  );
  const inputs: Record<string, Value> = {};
  for (const value of orderOf(rootsOf({ outputs, state: states }))) {
    if (value.operator.type !== "input") continue;
    const { name } = value.operator;
    if (!Object.hasOwn(states, name)) inputs[name] ??= value;
  }
  return { inputs, state: states, outputs };
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
