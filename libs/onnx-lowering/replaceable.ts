/**
 * Which state may be written over while a graph's update runs.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import {
  type Graph,
  type OperatorOf,
  type State,
  topologicalOrder,
  type Value,
} from "@deepcluster/graph";
import { sameSizes } from "./broadcasting.ts";

/**
 * Finds the state of a graph that an update can replace in place.
 *
 * Its next value must be computed element by element, and every operator that
 * reads it must come before the one that overwrites it, or be that one: then
 * no order in which operators may run reads what is already overwritten.
 *
 * @param graph A valid graph.
 * @param large Entries of fewer elements are left out.
 * @returns The entries by name.
 */
export const replaceable = (
  graph: Graph,
  large: number,
): Readonly<Record<string, Required<State>>> => {
  const isOnce = usedOnce(graph);
  const entries = Object.entries(graph.state).flatMap(
    ([name, { current, next }]) =>
      next !== undefined && current.shape.length > 0 &&
        current.dtype === "float32" && sizeOf(current.shape) >= large &&
        (isElementwise(next) || factorsOf(next, isOnce) !== undefined)
        ? [[name, { current, next }] as const]
        : [],
  );
  const cones = new Map(entries.map(([, { next }]) => [next, coneOf(next)]));
  const updates = new Set([...cones.values()].flatMap((cone) => [...cone]));
  const isSafe = ({ current, next }: Required<State>): boolean =>
    [...updates].every((value) =>
      !value.inputs.includes(current) || cones.get(next)!.has(value)
    );
  return Object.fromEntries(entries.filter(([, entry]) => isSafe(entry)));
};

/** Operators whose results are computed element by element. */
const elementwise: ReadonlySet<string> = new Set([
  "add",
  "subtract",
  "multiply",
  "divide",
  "negate",
  "sqrt",
]);

/**
 * Whether rows of a value can be computed from the same rows of its operands.
 *
 * @param value Any value.
 * @returns True when each operand has its shape or is a scalar.
 */
export const isElementwise = (
  { operator, inputs, shape, dtype }: Value,
): boolean =>
  elementwise.has(operator.type) && dtype === "float32" &&
  inputs.every((operand) =>
    operand.shape.length === 0 || sameSizes(operand.shape, shape)
  );

/** The values that are computed element by element, from one backwards. */
const coneOf = (value: Value): ReadonlySet<Value> => {
  const cone = new Set<Value>();
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (cone.has(next) || next.shape.length === 0) continue;
    if (!isElementwise(next)) continue;
    cone.add(next);
    pending.push(...next.inputs);
  }
  return cone;
};

/** A product of two matrices that are smaller than it. */
export interface Factors {
  /** `[m, k]`. */
  readonly left: Value;
  /** The other one, read transposed when the operator says so. */
  readonly right: Value;
  /** The product of them. */
  readonly operator: OperatorOf<"matmul">;
}

/**
 * Finds the factors of a product that the update can compute by rows.
 *
 * @param value Any value.
 * @param isOnce Whether the graph uses a value once.
 * @returns Its factors, the left one transposed so that rows of it make rows of
 * the product; undefined when it is no product, is used elsewhere as well, or
 * is no larger than its factors.
 */
export const factorsOf = (
  value: Value,
  isOnce: (value: Value) => boolean,
): Factors | undefined => {
  const { operator, inputs: [a, b], shape } = value;
  if (operator.type !== "matmul" || !isOnce(value)) return undefined;
  if (sizeOf(a!.shape) + sizeOf(b!.shape) >= sizeOf(shape)) return undefined;
  return {
    left: operator.transposeA ? transposed(a!) : a!,
    right: b!,
    operator: { ...operator, transposeA: false },
  };
};

const transposed = (matrix: Value): Value => ({
  operator: { type: "transpose", permutation: [1, 0] },
  inputs: [matrix],
  shape: matrix.shape.toReversed(),
  dtype: matrix.dtype,
});

/**
 * Counts the uses of a graph's values.
 *
 * @param graph Any graph.
 * @returns Whether a value is used exactly once: as operand, output or next
 * state.
 */
export const usedOnce = (graph: Graph): (value: Value) => boolean => {
  const uses = new Map<Value, number>();
  const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const { inputs } of topologicalOrder(graph)) inputs.forEach(count);
  Object.values(graph.outputs).forEach(count);
  for (const { next } of Object.values(graph.state)) {
    if (next !== undefined) count(next);
  }
  return (value) => uses.get(value) === 1;
};
