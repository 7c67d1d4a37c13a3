/**
 * Graphs as ONNX models: every operator by the file of its family.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import {
  type Graph,
  type OperatorType,
  topologicalOrder,
  type Value,
} from "@deepcluster/graph";
import { constantValues } from "@deepcluster/graph/rewrites";
import {
  type Model,
  type ModelWriter,
  modelWriter,
  type Port,
} from "@deepcluster/onnx-format";
import { convolutionLowerings } from "./convolution.ts";
import { elementwiseLowerings } from "./elementwise.ts";
import { gpuLowerings } from "./gpu/lowerings.ts";
import { packedUpdates } from "./gpu/packed_updates.ts";
import { linearAlgebraLowerings } from "./linear_algebra.ts";
import { lossLowerings } from "./losses.ts";
import {
  type ByteProducts,
  type Lower,
  type Lowering,
  lowering,
  type Lowerings,
} from "./lowering.ts";
import { normalizationLowerings } from "./normalization.ts";
import { poolingLowerings } from "./pooling.ts";
import { reductionLowerings } from "./reduction.ts";
import { fromReversed, toReversed } from "./reversed/layout.ts";
import {
  mapLowerings,
  readerOfMaps,
  reversedIn,
} from "./reversed/lowerings.ts";
import { shapeLowerings } from "./shape_operators.ts";

/** A graph as a model, with the names by which it is run. */
export interface LoweredGraph {
  /** The model. */
  readonly model: Model;
  /** Fed tensors and changing state by their names in the graph. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Outputs by their names in the graph. */
  readonly outputs: ReadonlyMap<string, string>;
  /** What replaces changing state, by its name in the graph. */
  readonly next: ReadonlyMap<string, string>;
}

/**
 * What is known of the engine that will run the model. Without it a model has
 * operators of the ONNX standard only.
 */
export interface LowerOptions {
  /** Channels that its convolutions hold together. Default: none. */
  readonly block?: number | undefined;
  /** Which products of bytes are exact there. Default: 0. */
  readonly byteProducts?: ByteProducts;
  /** Whether it computes on a GPU. Default: false. */
  readonly onGpu?: boolean;
  /**
   * Whether it has the products that convolutions by Winograd's algorithm are
   * made of. Default: false.
   */
  readonly winograd?: boolean;
}

/**
 * Lowers a graph.
 *
 * State that never changes becomes constants of the model, which share its
 * memory; state that changes becomes inputs, and outputs called `next NAME`.
 *
 * @param graph A valid graph.
 * @param state A tensor for every entry of the graph's state that never
 * changes.
 * @param options See {@link LowerOptions}.
 * @returns The model and its names.
 */
export const lower = (
  graph: Graph,
  state: Tensors,
  { block, byteProducts = 0, onGpu = false, winograd = false }: LowerOptions =
    {},
): LoweredGraph => {
  const writer = modelWriter();
  const { inputs, leaves } = declareInputs(graph, state, writer);
  const order = topologicalOrder(graph);
  const roots = [
    ...Object.values(graph.outputs),
    ...Object.values(graph.state).flatMap(({ next }) => next ?? []),
  ];
  const to = lowering(writer, {
    order,
    roots,
    leaves,
    constants: constantValues(graph, order),
    block,
    byteProducts,
    onGpu,
    winograd,
    ...winograd && { reversed: reversedIn(graph) },
    lower: lowerValue,
    lowerReversed,
  });
  for (const value of stateFirst(graph)) to.tensor(value);
  const packed = onGpu ? packedUpdates(graph, to) : new Map<Value, string>();
  const outputs = new Map<string, string>();
  const next = new Map<string, string>();
  for (const [name, value] of Object.entries(graph.outputs)) {
    outputs.set(name, writer.output(portOf(name, value), to.tensor(value)));
  }
  for (const [name, entry] of Object.entries(graph.state)) {
    if (entry.next === undefined) continue;
    const port = portOf(`next ${name}`, entry.next);
    next.set(
      name,
      writer.output(port, packed.get(entry.next) ?? to.tensor(entry.next)),
    );
  }
  return { model: writer.finish(), inputs, outputs, next };
};

/**
 * What replaces state, then what outputs need besides. ONNX Runtime begins with
 * the last of all results: gradients that are handed out are computed where the
 * pass comes by them, and not behind it, with all that they need still there.
 */
const stateFirst = (graph: Graph): readonly Value[] => [
  ...new Set([
    ...topologicalOrder({ ...graph, outputs: {} }),
    ...topologicalOrder(graph),
  ]),
];

const declareInputs = (graph: Graph, state: Tensors, writer: ModelWriter) => {
  const inputs = new Map<string, string>();
  const leaves = new Map<Value, string>();
  for (const [name, value] of Object.entries(graph.inputs)) {
    inputs.set(name, writer.input(portOf(name, value)));
    leaves.set(value, inputs.get(name)!);
  }
  for (const [name, { current, next }] of Object.entries(graph.state)) {
    if (next === undefined) {
      leaves.set(current, writer.constant(name, state[name]!));
      continue;
    }
    inputs.set(name, writer.input(portOf(name, current)));
    leaves.set(current, inputs.get(name)!);
  }
  return { inputs, leaves };
};

const portOf = (name: string, { shape, dtype }: Value): Port => ({
  name,
  shape,
  dtype,
});

/** How each operator is lowered, by its name. */
export const lowerings: Lowerings<Exclude<OperatorType, "input">> = {
  ...elementwiseLowerings,
  ...shapeLowerings,
  ...linearAlgebraLowerings,
  ...convolutionLowerings,
  ...poolingLowerings,
  ...normalizationLowerings,
  ...reductionLowerings,
  ...lossLowerings,
};

/** Inputs never come here: they are leaves. */
const lowerValue = (value: Value, to: Lowering): string => {
  if (to.isReversed(value)) {
    return fromReversed(to.reversed(value), value.shape, to);
  }
  const inBlock = to.inBlock(value);
  if (inBlock !== undefined) return inBlock(to);
  const { type } = value.operator as { type: Exclude<OperatorType, "input"> };
  const lower = (to.onGpu && gpuLowerings[type] || readerOfMaps(value, to) ||
    lowerings[type]) as Lower<OperatorType>;
  return lower(value as Parameters<typeof lower>[0], to);
};

const lowerReversed = (value: Value, to: Lowering): string => {
  if (!to.isReversed(value)) return toReversed(value, to);
  const inBlock = to.inBlock(value);
  if (inBlock !== undefined) return inBlock(to);
  const lower = mapLowerings[value.operator.type] as Lower<OperatorType>;
  return lower(value as Parameters<typeof lower>[0], to);
};
