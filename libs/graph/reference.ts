/**
 * The reference interpreter: what a graph means, in plain TypeScript, slow and
 * obviously right. Everything is computed in double precision and rounded at
 * the end. All executors are tested against it.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  mapRecord,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import { Effect } from "effect";
import { sameShape } from "./apply.ts";
import { FeedError, type GraphError, LabelError, showType } from "./errors.ts";
import { orderOf, topologicalOrder, validate } from "./graph.ts";
import { elementwiseKernels } from "./reference/elementwise.ts";
import type { Kernel, Kernels, Numbers } from "./reference/kernel.ts";
import { lossKernels } from "./reference/losses.ts";
import { normalizationKernels } from "./reference/normalization.ts";
import { poolingKernels } from "./reference/pooling.ts";
import { productKernels } from "./reference/products.ts";
import { shapeKernels } from "./reference/shape_operators.ts";
import type { Graph, OperatorType, Value } from "./value.ts";

/** What a run gives. */
export interface Interpretation {
  /** The graph's outputs, by name. */
  readonly outputs: Tensors;
  /** All state as it stands after the run, constant entries included. */
  readonly state: Tensors;
}

/**
 * Runs a graph once.
 *
 * Time is that of nested loops, and every intermediate value stays in memory:
 * for tiny sizes only. Neither `inputs` nor `state` is written to.
 *
 * @param graph What to compute.
 * @param inputs A tensor for every input of the graph.
 * @param state A tensor for every entry of the graph's state.
 * @returns Outputs and next state, or `GraphError` when the graph cannot be
 * run, or `FeedError` when a tensor is missing, unknown or of another type,
 * or `LabelError` when a label is none of the classes.
 *
 * @example Counting runs
 * ```ts
 * import { floatTensor } from "@deepcluster/core";
 * import { add, buildGraph, input, interpret } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const graph = Effect.runSync(buildGraph(() => {
 *   const current = input("runs", []);
 *   return { outputs: {}, state: { runs: { current, next: add(current, 1) } } };
 * }));
 * const { state } = Effect.runSync(
 *   interpret(graph, {}, { runs: floatTensor([]) }),
 * );
 * assert.equal(state["runs"]?.data[0], 1);
 * ```
 */
export const interpret: (
  graph: Graph,
  inputs: Tensors,
  state: Tensors,
) => Effect.Effect<Interpretation, GraphError | FeedError | LabelError> = Effect
  .fn("interpret")(function* (graph, inputs, state) {
    yield* validate(graph);
    const current = mapRecord(graph.state, (entry) => entry.current);
    yield* checkFeeds(graph.inputs, inputs);
    yield* checkFeeds(current, state);
    const known = yield* compute(topologicalOrder(graph), {
      ...mapRecord(inputs, numbersOf),
      ...mapRecord(state, numbersOf),
    });
    const tensorOf = (value: Value) => rounded(value, known.get(value)!);
    return {
      outputs: mapRecord(graph.outputs, tensorOf),
      state: mapRecord(
        graph.state,
        ({ next }, name) => next === undefined ? state[name]! : tensorOf(next),
      ),
    };
  });

/**
 * Evaluates values in double precision, without rounding.
 *
 * @param values What to compute.
 * @param inputs Numbers for every input that they depend on, by name.
 * @returns Their numbers in the same order, or `FeedError` when an input is
 * missing, or `LabelError` when a label is none of the classes.
 */
export const evaluate: (
  values: readonly Value[],
  inputs: Readonly<Record<string, Numbers>>,
) => Effect.Effect<readonly Numbers[], FeedError | LabelError> = Effect.fn(
  "evaluate",
)(function* (values, inputs) {
  const known = yield* compute(orderOf(values), inputs);
  return values.map((value) => known.get(value)!);
});

const kernels: Kernels<Exclude<OperatorType, "input">> = {
  ...elementwiseKernels,
  ...shapeKernels,
  ...productKernels,
  ...poolingKernels,
  ...normalizationKernels,
  ...lossKernels,
};

const compute = Effect.fnUntraced(function* (
  order: readonly Value[],
  inputs: Readonly<Record<string, Numbers>>,
): Effect.fn.Return<ReadonlyMap<Value, Numbers>, FeedError | LabelError> {
  const known = new Map<Value, Numbers>();
  for (const value of order) {
    const { operator, shape } = value;
    if (operator.type === "input") {
      const fed = inputs[operator.name];
      if (fed === undefined || !sameShape(fed.shape, shape)) {
        return yield* new FeedError({
          name: operator.name,
          expected: showType(shape, value.dtype),
          actual: fed && showType(fed.shape, value.dtype),
        });
      }
      known.set(value, fed);
      continue;
    }
    const operands = value.inputs.map((operand) => known.get(operand)!);
    yield* checkLabels(value, operands);
    const kernel = kernels[operator.type] as Kernel<OperatorType>;
    known.set(value, { shape, data: kernel(operands, shape, operator) });
  }
  return known;
});

const checkLabels = Effect.fnUntraced(function* (
  { operator }: Value,
  [logits, labels]: readonly Numbers[],
): Effect.fn.Return<void, LabelError> {
  if (!operator.type.startsWith("softmaxCrossEntropy")) return;
  const classes = logits!.shape[1]!;
  const index = labels!.data.findIndex((label) => label >= classes);
  if (index === -1) return;
  yield* new LabelError({ label: labels!.data[index]!, index, classes });
});

const checkFeeds = Effect.fnUntraced(function* (
  values: Readonly<Record<string, Value>>,
  tensors: Tensors,
): Effect.fn.Return<void, FeedError> {
  for (const name of Object.keys({ ...values, ...tensors })) {
    const [value, tensor] = [values[name], tensors[name]];
    const expected = value && showType(value.shape, value.dtype);
    const actual = tensor && showType(tensor.shape, tensor.dtype);
    if (expected !== actual) yield* new FeedError({ name, expected, actual });
  }
});

const numbersOf = ({ shape, data }: Tensor): Numbers => ({
  shape,
  data: Float64Array.from(data),
});

const rounded = ({ dtype }: Value, { shape, data }: Numbers): Tensor =>
  dtype === "int32"
    ? intTensor(shape, Int32Array.from(data))
    : floatTensor(shape, Float32Array.from(data));
