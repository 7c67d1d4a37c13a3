/**
 * Checks of the tensors that are handed to a program, the same for every
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
 * @param values What is wanted, by name.
 * @param tensors What is given, by name.
 * @returns Nothing, or `FeedError` naming the first tensor that is missing,
 * not wanted, or of another shape, type or length.
 */
export const checkFeeds = (
  values: Readonly<Record<string, Value>>,
  tensors: Tensors,
): Effect.Effect<void, FeedError> =>
  check(Object.keys({ ...values, ...tensors }), values, tensors);

/**
 * Checks the tensors that are given, where some may be missing.
 *
 * @param values What may be given, by name.
 * @param tensors What is given, by name.
 * @returns Nothing, or `FeedError` naming the first tensor that is not wanted
 * or of another shape, type or length.
 */
export const checkSomeFeeds = (
  values: Readonly<Record<string, Value>>,
  tensors: Tensors,
): Effect.Effect<void, FeedError> =>
  check(Object.keys(tensors), values, tensors);

/**
 * The values by which a graph reads its state.
 *
 * @param graph Any graph.
 * @returns Values by name.
 */
export const stateOf = (graph: Graph): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(graph.state).map(([name, { current }]) => [name, current]),
  );

/**
 * The values by which a graph reads the state that it changes.
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

/** Labels of a graph that are given rather than computed. */
export interface GivenLabels {
  /** Name of the input or state. */
  readonly name: string;
  /** Number of classes that they are compared with. */
  readonly classes: number;
}

/**
 * Finds the labels that a graph is given.
 *
 * @param graph A valid graph.
 * @returns Each name with each of its numbers of classes.
 */
export const givenLabels = (graph: Graph): readonly GivenLabels[] =>
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
 * @param given Which tensors are labels.
 * @param tensors Inputs and state by name.
 * @returns Nothing, or `LabelError` naming the first label that is too large.
 */
export const checkLabels = Effect.fnUntraced(function* (
  given: readonly GivenLabels[],
  tensors: Tensors,
): Effect.fn.Return<void, LabelError> {
  for (const { name, classes } of given) {
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
