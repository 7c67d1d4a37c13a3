/**
 * What rewrites of graphs share: who uses a value, and a graph with some of its
 * values replaced.
 *
 * @module
 */
import { mapRecord } from "@deepcluster/core";
import type {
  Graph,
  OperatorOf,
  OperatorType,
  Pooling,
  Value,
} from "../value.ts";

/** A value of a certain operator. */
export type Of<T extends OperatorType> = Value & {
  readonly operator: OperatorOf<T>;
};

/** Who uses a value: another value, or the caller, as an output or state. */
export type User = Value | "caller";

/** The users of each value. */
export type Users = ReadonlyMap<Value, readonly User[]>;

/**
 * Finds the users of all values.
 *
 * @param graph A valid graph.
 * @param order Its values, each after its operands.
 * @returns The users of each value.
 */
export const usersOf = (graph: Graph, order: readonly Value[]): Users => {
  const users = new Map<Value, readonly User[]>();
  const use = (value: Value, user: User) =>
    users.set(value, [...users.get(value) ?? [], user]);
  for (const value of order) {
    for (const input of value.inputs) use(input, value);
  }
  for (const value of Object.values(graph.outputs)) use(value, "caller");
  for (const { next } of Object.values(graph.state)) {
    if (next !== undefined) use(next, "caller");
  }
  return users;
};

/**
 * Replaces values of a graph; all others stay, or read what replaces theirs.
 *
 * @param graph A valid graph.
 * @param order Its values, each after its operands.
 * @param replacing Is given what a value has become, and returns a function of
 * a value that makes its replacement, if it has one.
 * @returns The graph with the same inputs, outputs and state by name.
 */
export const rewriteGraph = (
  graph: Graph,
  order: readonly Value[],
  replacing: (
    now: (value: Value) => Value,
  ) => (value: Value) => Value | undefined,
): Graph => {
  const replace = replacing(now);
  const rewritten = new Map<Value, Value>();
  for (const value of order) now(value);
  return {
    ...graph,
    outputs: mapRecord(graph.outputs, now),
    state: mapRecord(
      graph.state,
      ({ current, next }) => ({ current, ...next && { next: now(next) } }),
    ),
  };

  function now(value: Value): Value {
    const made = rewritten.get(value) ?? replace(value) ?? usual(value);
    rewritten.set(value, made);
    return made;
  }

  function usual(value: Value): Value {
    const inputs = value.inputs.map(now);
    return inputs.every((input, i) => input === value.inputs[i])
      ? value
      : { ...value, inputs };
  }
};

/**
 * Tells whether a user is a value of a certain operator.
 *
 * @param type Name of the operator.
 * @param value A user, or none.
 * @returns Whether it is.
 */
export const isOf = <T extends OperatorType>(
  type: T,
  value: User | undefined,
): value is Of<T> => typeof value === "object" && value.operator.type === type;

/**
 * Tells whether two poolings, or a pooling and its gradient, have the same
 * windows.
 *
 * @param a One of them.
 * @param b The other.
 * @returns Whether they have.
 */
export const sameGeometry = (
  a: { readonly operator: { readonly geometry: Pooling } },
  b: { readonly operator: { readonly geometry: Pooling } },
): boolean =>
  JSON.stringify(a.operator.geometry) === JSON.stringify(b.operator.geometry);
