/**
 * A graph in two: a pass that computes everything but the next values of large
 * state, and an update that writes these over the old ones.
 *
 * One graph would have to write what replaces a parameter beside the
 * parameter, since the backward pass may still read that: large state would
 * take its size twice, and its gradients theirs. The update reads only large
 * state and intermediates of the pass. A gradient that is a product of small
 * matrices, such as that of a fully connected layer, reaches it as these
 * factors and is never in memory as a matrix, for the update goes by blocks of
 * rows.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import type { Graph, Value } from "@deepcluster/graph";
import {
  type Factors,
  factorsOf,
  isElementwise,
  replaceable,
  usedOnce,
} from "./replaceable.ts";

/** Some elements of a tensor: an input or output of the update. */
export interface Block {
  /** Name of the state or of the intermediate. */
  readonly of: string;
  /** The first element. */
  readonly from: number;
  /** Sizes of the block, whose rows follow each other. */
  readonly shape: Value["shape"];
}

/** A graph whose large state is replaced by a second one. */
export interface SplitGraph {
  /** Everything else. Large state is an input of it. */
  readonly pass: Graph;
  /** What the update reads besides: further outputs of the pass, by name. */
  readonly intermediates: Readonly<Record<string, Value>>;
  /** Has no state: its inputs and outputs are {@link blocks}. */
  readonly update: Graph;
  /** What the inputs and outputs of the update are, by their names. */
  readonly blocks: Readonly<Record<string, Block>>;
  /** Large state by name; outputs of the update may lie over its inputs. */
  readonly inPlace: Readonly<Record<string, Value>>;
}

/** How a graph is split. */
export interface SplitOptions {
  /** State of fewer elements is left to the pass. */
  readonly large: number;
  /** Largest number of elements of a block, where the rows divide so. */
  readonly block: number;
}

/**
 * What a block of 0.6 M elements goes through, 2.4 MB a tensor, stays in the
 * cache, while threads that wait for each other spin.
 */
const measured: SplitOptions = { large: 2 ** 20, block: 600_000 };

/**
 * Splits a graph.
 *
 * @param graph A valid graph.
 * @param options See {@link SplitOptions}.
 * @returns The two graphs; undefined when no state can be replaced in place.
 */
export const splitUpdate = (
  graph: Graph,
  { large, block }: SplitOptions = measured,
): SplitGraph | undefined => {
  const replaced = replaceable(graph, large);
  if (Object.keys(replaced).length === 0) return undefined;
  const inPlace = Object.fromEntries(
    Object.entries(replaced).map(([name, { current }]) => [name, current]),
  );
  const update = updateWriter(inPlace, usedOnce(graph));
  for (const [name, { next }] of Object.entries(replaced)) {
    for (const rows of rowsOf(next, block)) update.write(name, next, rows);
  }
  const intermediates = update.intermediates();
  return {
    pass: {
      inputs: { ...graph.inputs, ...inPlace },
      state: Object.fromEntries(
        Object.entries(graph.state).filter(([name]) => !(name in inPlace)),
      ),
      outputs: { ...graph.outputs, ...intermediates },
    },
    intermediates,
    update: { inputs: update.inputs, outputs: update.outputs, state: {} },
    blocks: update.blocks,
    inPlace,
  };
};

/** Some rows of a tensor. */
interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** The fewest equal blocks of rows that are small enough, or single rows. */
const rowsOf = ({ shape }: Value, block: number): readonly RowRange[] => {
  const [rows] = shape;
  let blocks = 1;
  while (
    blocks < rows! &&
    (rows! % blocks !== 0 || sizeOf(shape) / blocks > block)
  ) blocks++;
  const count = rows! / blocks;
  return Array.from({ length: blocks }, (_, i) => ({
    first: i * count,
    count,
  }));
};

/** Gathers the update. */
const updateWriter = (
  inPlace: Readonly<Record<string, Value>>,
  isOnce: (value: Value) => boolean,
) => {
  const inputs: Record<string, Value> = {};
  const outputs: Record<string, Value> = {};
  const blocks: Record<string, Block> = {};
  const intermediates = new Map<Value, string>();
  const factors = new Map<Value, Factors | undefined>();
  const cuts = new Map<string, Map<Value, Value>>();
  const large = new Map(
    Object.entries(inPlace).map(([name, value]) => [value, name]),
  );

  const nameOf = (value: Value): string => {
    const name = large.get(value) ?? intermediates.get(value) ??
      `%handed ${intermediates.size}`;
    if (!large.has(value)) intermediates.set(value, name);
    return name;
  };
  /** Reads rows of large state or of an intermediate. Default: all rows. */
  const read = (value: Value, rows?: RowRange): Value => {
    const block = blockOf(nameOf(value), value, rows);
    const name = rows === undefined ? block.of : `${block.of} ${rows.first}`;
    blocks[name] = block;
    return inputs[name] ??= {
      operator: { type: "input", name },
      inputs: [],
      shape: block.shape,
      dtype: value.dtype,
    };
  };
  const cut = (value: Value, rows: RowRange): Value => {
    const { operator } = value;
    const { shape } = blockOf("", value, rows);
    if (operator.type === "constant") return { ...value, shape };
    if (shape.length === 0) return read(value);
    if (isElementwise(value)) {
      const operands = value.inputs.map((operand) => cutOnce(operand, rows));
      return { ...value, shape, inputs: operands };
    }
    if (!factors.has(value)) factors.set(value, factorsOf(value, isOnce));
    const product = factors.get(value);
    if (product === undefined) return read(value, rows);
    const { left, right } = product;
    const operands = [read(left, rows), read(right)];
    return { ...value, operator: product.operator, shape, inputs: operands };
  };
  const cutOnce = (value: Value, rows: RowRange): Value => {
    const key = `${rows.first} ${rows.count}`;
    const known = cuts.get(key) ?? new Map<Value, Value>();
    cuts.set(key, known);
    const result = known.get(value) ?? cut(value, rows);
    known.set(value, result);
    return result;
  };
  return {
    inputs,
    outputs,
    blocks,
    /** What the pass must output for the update, by name. */
    intermediates: () =>
      Object.fromEntries(
        [...intermediates].map(([value, name]) => [name, value]),
      ),
    /** Adds some rows of what replaces the state of this name. */
    write: (name: string, next: Value, rows: RowRange): void => {
      const result = `next ${name} ${rows.first}`;
      outputs[result] = cutOnce(next, rows);
      blocks[result] = blockOf(name, next, rows);
    },
  };
};

/** Scalars have no rows: all of them is one block. */
const blockOf = (of: string, { shape }: Value, rows?: RowRange): Block => {
  if (rows === undefined || shape.length === 0) return { of, from: 0, shape };
  const row = shape.slice(1);
  return { of, from: rows.first * sizeOf(row), shape: [rows.count, ...row] };
};
