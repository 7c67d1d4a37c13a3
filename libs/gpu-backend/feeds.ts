/**
 * Checks of the tensors that a program is fed, the same for every
 * executor.
 *
 * @module
 */
import { sizeOf, type Tensor, type Tensors } from "@deepcluster/core";
import {
  FeedError,
  type Graph,
  LabelError,
  showType,
  topologicalOrder,
  type Value,
} from "@deepcluster/graph";
import { Effect } from "effect";

/**
 * Checks that there is a fitting tensor for every value, and no other.
 *
 * @param values The graph's values, by name.
 * @param tensors What it is fed, by name.
 * @returns Nothing, or `FeedError` naming the first tensor that is missing,
 * unknown, or of another shape, type or length.
 */
export const checkFeeds = (
  values: Readonly<Record<string, Value>>,
  tensors: Tensors,
): Effect.Effect<void, FeedError> =>
  check(Object.keys({ ...values, ...tensors }), values, tensors);

/**
 * Checks that every tensor fits its value; tensors may be missing.
 *
 * @param values The graph's values, by name.
 * @param tensors Some of them, by name.
 * @returns Nothing, or `FeedError` naming the first tensor that is unknown or
 * of another shape, type or length.
 */
export const checkSomeFeeds = (
  values: Readonly<Record<string, Value>>,
  tensors: Tensors,
): Effect.Effect<void, FeedError> =>
  check(Object.keys(tensors), values, tensors);

/**
 * Lists the values by which a graph reads its state.
 *
 * @param graph Any graph.
 * @returns Values by name.
 */
export const stateOf = (graph: Graph): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(graph.state).map(([name, { current }]) => [name, current]),
  );

/**
 * Lists the values by which a graph reads the state that it changes.
 *
 * @param graph Any graph.
 * @returns Values by name.
 */
export const changingStateOf = (
  graph: Graph,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(graph.state).flatMap(([name, { current, next }]) =>
      next === undefined ? [] : [[name, current]]
    ),
  );

/** Labels that a graph reads rather than computes. */
export interface LabelLeaf {
  /** Name of the input or state. */
  readonly name: string;
  /** Number of classes that they are compared with. */
  readonly classes: number;
}

/**
 * Finds the labels that a graph reads as inputs or state.
 *
 * @param graph A valid graph.
 * @returns Each name with each of its numbers of classes.
 */
export const labelLeavesOf = (graph: Graph): readonly LabelLeaf[] =>
  topologicalOrder(graph).flatMap(({ operator, inputs }) => {
    const [logits, labels] = inputs;
    return operator.type === "softmaxCrossEntropy" &&
        labels!.operator.type === "input"
      ? [{ name: labels!.operator.name, classes: logits!.shape[1]! }]
      : [];
  });

/**
 * Checks that labels name classes.
 *
 * @param leaves Which tensors are labels.
 * @param tensors Inputs and state by name.
 * @returns Nothing, or `LabelError` naming the first label that is too large.
 */
export const checkLabels: (
  leaves: readonly LabelLeaf[],
  tensors: Tensors,
) => Effect.Effect<void, LabelError> = Effect.fnUntraced(function* (
  leaves,
  tensors,
) {
  for (const { name, classes } of leaves) {
    const labels = tensors[name]?.data ?? new Int32Array();
    const index = labels.findIndex((label) => label >= classes);
    if (index === -1) continue;
    return yield* new LabelError({ label: labels[index]!, index, classes });
  }
});

const check = Effect.fnUntraced(function* (
  names: readonly string[],
  values: Readonly<Record<string, Value>>,
  tensors: Tensors,
): Effect.fn.Return<void, FeedError> {
  for (const name of names) {
    const [value, tensor] = [values[name], tensors[name]];
    const expected = value && showType(value.shape, value.dtype);
    const actual = tensor && show(tensor);
    if (expected === actual) continue;
    return yield* new FeedError({ name, expected, actual });
  }
});

const show = ({ shape, dtype, data }: Tensor): string => {
  const type = showType(shape, dtype);
  const holds = data.length === sizeOf(shape) &&
    (data instanceof Int32Array) === (dtype === "int32");
  return holds
    ? type
    : `${type} with ${data.length} values in ${data.constructor.name}`;
};
