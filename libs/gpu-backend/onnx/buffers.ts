/**
 * The tensors that a program keeps for all of its runs: one set of large
 * state, which is written over; two sets of other state, which take turns as
 * what is read and what is written; one set of outputs. Nothing is allocated,
 * copied or freed in a run.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  mapRecord,
  sizeOf,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import type { Graph, Value } from "@deepcluster/graph";
import type {
  Block,
  LoweredGraph,
  SplitGraph,
} from "@deepcluster/onnx-lowering";
import type { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import type { CompileOptions } from "../backend.ts";
import { changingStateOf } from "../feeds.ts";
import { copied, zeros } from "../tensors.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { owned, type Wrap, wrapAll, wrapper } from "./tensors.ts";

/** A split graph with the names in the model of its update. */
export interface LoweredUpdate extends SplitGraph {
  /** The names. */
  readonly lowered: LoweredGraph;
}

/** Tensors to run a session with, by their names in its model. */
export interface Bindings {
  /** What it reads. */
  readonly feeds: InferenceSession.FeedsType;
  /** What it writes. */
  readonly fetches: Readonly<Record<string, OnnxTensor>>;
}

/** The tensors of one program. */
export interface Buffers {
  /** Outputs of the last run, by their names in the graph. */
  readonly outputs: Tensors;
  /** Current values of changing state, by its names in the graph; no copy. */
  readonly state: () => Tensors;
  /**
   * What the next pass reads, inputs and current state, and where it writes:
   * outputs, the other set of state, and intermediates for the update.
   */
  readonly pass: (inputs: Tensors) => Bindings;
  /** What the update reads and writes. None where there is no update. */
  readonly update: Bindings | undefined;
  /** Lets the sets of state change places. */
  readonly swap: () => void;
}

/**
 * Allocates the tensors of a program.
 *
 * @param runtime The library.
 * @param graph What the program computes.
 * @param lowered The names in the model of the graph, or of its pass.
 * @param update The update, when the graph is split.
 * @param state Initial state, which is copied.
 * @param options Whether large state is donated instead.
 * @returns The tensors. Throws `RangeError` when memory does not hold them.
 */
export const allocate = (
  runtime: OnnxRuntime,
  graph: Graph,
  lowered: LoweredGraph,
  update: LoweredUpdate | undefined,
  state: Tensors,
  { donateState = false }: CompileOptions,
): Buffers => {
  const wrap = wrapper(runtime);
  const inPlace = mapRecord(
    update?.inPlace ?? {},
    (_, name) => donateState ? owned(state[name]!) : copied(state[name]!),
  );
  const others = Object.fromEntries(
    Object.entries(changingStateOf(graph))
      .filter(([name]) => !(name in inPlace)),
  );
  const outputs = mapRecord(graph.outputs, zeros);
  const intermediates = mapRecord(update?.intermediates ?? {}, zeros);
  const sets = [
    mapRecord(others, (_, name) => copied(state[name]!)),
    mapRecord(others, zeros),
  ] as const;
  const written = wrapAll(
    { ...outputs, ...intermediates },
    lowered.outputs,
    wrap,
  );
  const large = wrapAll(inPlace, lowered.inputs, wrap);
  const feeds = sets.map((set) => wrapAll(set, lowered.inputs, wrap));
  const fetches = sets.map((set) => ({
    ...written,
    ...wrapAll(set, lowered.next, wrap),
  }));
  let front: 0 | 1 = 0;
  return {
    outputs,
    state: () => ({ ...sets[front], ...inPlace }),
    pass: (inputs) => ({
      feeds: {
        ...large,
        ...feeds[front]!,
        ...wrapAll(inputs, lowered.inputs, wrap),
      },
      fetches: fetches[1 - front]!,
    }),
    update: update &&
      bindBlocks(update, { ...inPlace, ...intermediates }, wrap),
    swap: () => {
      front = front === 0 ? 1 : 0;
    },
  };
};

/** Outputs lie over the inputs that they replace. */
const bindBlocks = (
  { update, lowered, blocks }: LoweredUpdate,
  tensors: Tensors,
  wrap: Wrap,
): Bindings => {
  const blocksOf = (values: Readonly<Record<string, Value>>) =>
    mapRecord(values, (_, name) => blockOf(tensors, blocks[name]!));
  return {
    feeds: wrapAll(blocksOf(update.inputs), lowered.inputs, wrap),
    fetches: wrapAll(blocksOf(update.outputs), lowered.outputs, wrap),
  };
};

/** Some elements of a tensor, sharing its memory. */
const blockOf = (tensors: Tensors, { of, from, shape }: Block): Tensor => {
  const tensor = tensors[of]!;
  const to = from + sizeOf(shape);
  return tensor.dtype === "int32"
    ? intTensor(shape, tensor.data.subarray(from, to))
    : floatTensor(shape, tensor.data.subarray(from, to));
};
