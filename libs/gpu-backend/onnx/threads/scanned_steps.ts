/**
 * The steps of a graph as one run of a model, whose batches are picked from a
 * matrix by the model itself.
 *
 * A run costs a tenth of a millisecond beside its operators: calls, tensors, a
 * turn of the thread's event loop. Handing positions instead of rows saves a
 * pass over every batch, and the engine copies rows faster than JavaScript does.
 *
 * Reference: https://onnx.ai/onnx/operators/onnx__Scan.html.
 *
 * @module
 */
import type { Model, Port } from "@deepcluster/onnx-format";
import type { LoweredGraph } from "@deepcluster/onnx-lowering";

/** A graph as a model that takes any number of steps in a run. */
export interface ScannedGraph extends LoweredGraph {
  /** Name of the input that rows are picked from, `[n, d]`. */
  readonly matrix: string;
}

/**
 * Makes a model take steps one after the other in a run, each on rows that it
 * picks from a matrix.
 *
 * @param lowered The model of one step.
 * @param input Name of the input in the graph, `[b, d]`.
 * @param rows Rows of the matrix, n.
 * @returns The model with its names. What it is fed and what its steps give is
 * stacked, `[steps, …]`; `input` is fed as positions, int32 `[steps, b]`.
 */
export const scannedSteps = (
  lowered: LoweredGraph,
  input: string,
  rows: number,
): ScannedGraph => {
  const { step, matrix } = pickingRows(lowered, input, rows);
  const { model: { nodes, constants, ...model }, inputs, outputs, next } = step;
  const portsOf = (ports: readonly Port[], names: readonly string[]) =>
    names.map((name) => ports.find((port) => port.name === name)!);
  // State comes first, and what replaces it in the same order.
  const states = portsOf(
    model.inputs,
    [...next.keys()].map((name) => inputs.get(name)!),
  );
  const lasts = portsOf(model.outputs, [...next.values()]);
  const fed = model.inputs.filter((port) => !states.includes(port));
  const given = model.outputs.filter((port) => !lasts.includes(port));
  const body: Model = {
    inputs: [...states, ...fed],
    outputs: [...lasts, ...given],
    nodes,
    constants: [],
  };
  const from = [...states.map(outer), ...fed.map(outer).map(stacked)];
  const to = [...lasts.map(outer), ...given.map(outer).map(stacked)];
  const scan = {
    name: "scan",
    operator: "Scan",
    inputs: from.map(({ name }) => name),
    outputs: to.map(({ name }) => name),
    attributes: { body: { graph: body }, num_scan_inputs: { i: fed.length } },
  };
  return {
    model: {
      inputs: [...from, matrix],
      outputs: to,
      nodes: [scan],
      constants,
    },
    inputs: outerNames(inputs),
    outputs: outerNames(outputs),
    next: outerNames(next),
    matrix: matrix.name,
  };
};

/** A step that is fed positions in the place of rows of a matrix. */
const pickingRows = (
  { model, inputs, ...names }: LoweredGraph,
  input: string,
  rows: number,
): { readonly step: LoweredGraph; readonly matrix: Port } => {
  const name = inputs.get(input)!;
  const batch = model.inputs.find((port) => port.name === name)!;
  const [height, columns] = batch.shape;
  const positions: Port = {
    name: `${name} positions`,
    shape: [height!],
    dtype: "int32",
  };
  const matrix: Port = {
    ...batch,
    name: `${name} rows`,
    shape: [rows, columns!],
  };
  const pick = {
    name: `${name} pick`,
    operator: "Gather",
    inputs: [matrix.name, positions.name],
    outputs: [name],
    attributes: { axis: { i: 0 } },
  };
  const step = {
    ...names,
    inputs: new Map([...inputs, [input, positions.name]]),
    model: {
      ...model,
      inputs: model.inputs.map((port) => port === batch ? positions : port),
      nodes: [pick, ...model.nodes],
    },
  };
  return { step, matrix };
};

/** Names within a step are not those outside of it. */
const outerName = (name: string): string => `scan ${name}`;

const outer = (port: Port): Port => ({ ...port, name: outerName(port.name) });

const outerNames = (
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> =>
  new Map([...names].map(([key, name]) => [key, outerName(name)]));

/** A port of all steps of a run. */
const stacked = (port: Port): Port => ({
  ...port,
  shape: ["steps", ...port.shape],
});
