/**
 * The tensors that a program keeps for all of its runs: two sets of state that
 * take turns as what is read and what is written, and one set of outputs.
 * Nothing is allocated, copied or given back in a run.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import type { Graph, Value } from "@deepcluster/graph";
import type { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { changingStateOf } from "../feeds.ts";
import type { LoweredGraph } from "./lower.ts";
import type { OnnxRuntime } from "./runtime.ts";

/** The tensors of one program. */
export interface Buffers {
  /** Outputs of the last run, by their names in the graph. */
  readonly outputs: Tensors;
  /** Changing state as it stands, by its names in the graph; not a copy. */
  readonly state: () => Tensors;
  /** What the next run reads: the inputs, and state as it stands. */
  readonly feeds: (inputs: Tensors) => InferenceSession.FeedsType;
  /** Where the next run writes: the outputs, and the other set of state. */
  readonly fetches: () => Readonly<Record<string, OnnxTensor>>;
  /** Lets the sets of state change places. */
  readonly swap: () => void;
}

/**
 * Allocates the tensors of a program.
 *
 * @param runtime The library.
 * @param graph What the program computes.
 * @param lowered The names in its model.
 * @param state Initial state, which is copied.
 * @returns The tensors. Throws `RangeError` when memory does not hold them.
 */
export const allocate = (
  runtime: OnnxRuntime,
  graph: Graph,
  lowered: LoweredGraph,
  state: Tensors,
): Buffers => {
  const wrap = wrapper(runtime);
  const changing = changingStateOf(graph);
  const outputs = mapRecord(graph.outputs, zeros);
  const sets = [
    mapRecord(changing, (_, name) => copied(state[name]!)),
    mapRecord(changing, zeros),
  ] as const;
  const written = wrapAll(outputs, lowered.outputs, wrap);
  const feeds = sets.map((set) => wrapAll(set, lowered.inputs, wrap));
  const fetches = sets.map((set) => ({
    ...written,
    ...wrapAll(set, lowered.next, wrap),
  }));
  let turn: 0 | 1 = 0;
  return {
    outputs,
    state: () => sets[turn],
    feeds: (inputs) => ({
      ...feeds[turn]!,
      ...wrapAll(inputs, lowered.inputs, wrap),
    }),
    fetches: () => fetches[1 - turn]!,
    swap: () => {
      turn = turn === 0 ? 1 : 0;
    },
  };
};

type Wrap = (tensor: Tensor) => OnnxTensor;

/** Wraps without a copy, except that the library takes no shared memory. */
const wrapper = (runtime: OnnxRuntime): Wrap => ({ dtype, shape, data }) => {
  const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  return dtype === "int32"
    ? new runtime.Tensor("int32", own as Int32Array, shape)
    : new runtime.Tensor("float32", own as Float32Array, shape);
};

const wrapAll = (
  tensors: Tensors,
  names: ReadonlyMap<string, string>,
  wrap: Wrap,
): Readonly<Record<string, OnnxTensor>> =>
  Object.fromEntries(
    Object.entries(tensors).map((
      [name, tensor],
    ) => [names.get(name)!, wrap(tensor)]),
  );

const zeros = ({ dtype, shape }: Value): Tensor =>
  dtype === "int32" ? intTensor(shape) : floatTensor(shape);

/**
 * Copies a tensor.
 *
 * @param tensor Any tensor.
 * @returns One of its own memory.
 */
export const copied = (tensor: Tensor): Tensor =>
  tensor.dtype === "int32"
    ? intTensor(tensor.shape, new Int32Array(tensor.data))
    : floatTensor(tensor.shape, new Float32Array(tensor.data));

const mapRecord = <A, B>(
  record: Readonly<Record<string, A>>,
  map: (entry: A, name: string) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(
    Object.entries(record).map(([name, entry]) => [name, map(entry, name)]),
  );
