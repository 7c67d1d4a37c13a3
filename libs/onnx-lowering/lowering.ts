/**
 * What the lowerings of the operators have in common: names of tensors, nodes
 * to add, and questions about the graph around a value.
 *
 * @module
 */
import type { Tensor } from "@deepcluster/core";
import type { OperatorOf, OperatorType, Value } from "@deepcluster/graph";
import type { Attributes, ModelWriter } from "@deepcluster/onnx-format";

/**
 * Bits that the first of two factors may have for their products to be exact,
 * the second having 8; 0 where there are no such products. What has 8 can do 7.
 */
export type ByteProducts = 0 | 7 | 8;

/** A value whose operator is known. */
export type ValueOf<T extends OperatorType> = Value & {
  readonly operator: OperatorOf<T>;
};

/** Adds the nodes of a value and names the tensor that holds it. */
export type Lower<T extends OperatorType> = (
  value: ValueOf<T>,
  to: Lowering,
) => string;

/** How a value is lowered together with the block that it is a part of. */
export type LowerInBlock = (to: Lowering) => string;

/** One lowering for every operator of a family. */
export type Lowerings<T extends OperatorType> = {
  readonly [K in T]: Lower<K>;
};

/** Where a value is lowered to. */
export interface Lowering
  extends Pick<ModelWriter, "scalar" | "byte" | "integers" | "body"> {
  /** Which products of bytes are exact in the engine. */
  readonly byteProducts: ByteProducts;
  /** Whether operators must be those that a GPU has. */
  readonly onGpu: boolean;
  /** Whether convolutions may go by Winograd's algorithm. */
  readonly winograd: boolean;
  /** Name of the tensor of a value, which is lowered first when it was not. */
  readonly tensor: (value: Value) => string;
  /** Whether a value is maps that are held with their axes reversed. */
  readonly isReversed: (value: Value) => boolean;
  /** How a value is lowered together with the block that it is a part of. */
  readonly inBlock: (value: Value) => LowerInBlock | undefined;
  /** Name of the tensor of maps with their axes reversed, `[w * h, c, n]`. */
  readonly reversed: (maps: Value) => string;
  /** Adds a node with one result and names it. */
  readonly node: (
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
  ) => string;
  /** Adds a node with so many results and names them. */
  readonly nodeOfMany: (
    results: number,
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
  ) => readonly string[];
  /** Adds nodes under the name of a value, by which errors name them. */
  readonly under: <A>(value: Value, add: () => A) => A;
  /** A constant that is made once for each name. */
  readonly constant: (name: string, make: () => Tensor) => string;
  /** What `make` gave the first time for this value and purpose. */
  readonly once: <A>(value: Value, purpose: string, make: () => A) => A;
  /** How often the graph uses a value: as operand, output or next state. */
  readonly uses: (value: Value) => number;
  /** The values of the graph that are computed from one. */
  readonly users: (value: Value) => readonly Value[];
  /** The value of the graph that is `relu(x)`, when there is one. */
  readonly reluOf: (x: Value) => Value | undefined;
  /** Whether a value is the same in every run. */
  readonly isConstant: (value: Value) => boolean;
  /**
   * Channels that the engine's convolutions hold together; undefined where it
   * has no such kernels, or is not known.
   */
  readonly block: number | undefined;
}

/** What is known of a graph before any of its values is lowered. */
export interface Surroundings {
  /** All values, each after its operands. */
  readonly order: readonly Value[];
  /** Values that the graph hands back or keeps, as often as it does. */
  readonly roots: readonly Value[];
  /** Tensors of the inputs. */
  readonly leaves: ReadonlyMap<Value, string>;
  /** The values that are the same in every run. */
  readonly constants: ReadonlySet<Value>;
  /** See {@link Lowering.block}. */
  readonly block?: number | undefined;
  /** See {@link Lowering.byteProducts}. */
  readonly byteProducts: ByteProducts;
  /** See {@link Lowering.onGpu}. */
  readonly onGpu: boolean;
  /** See {@link Lowering.winograd}. */
  readonly winograd: boolean;
  /** See {@link Lowering.isReversed} and {@link Lowering.inBlock}. */
  readonly reversed?: {
    readonly maps: ReadonlySet<Value>;
    readonly inBlocks: ReadonlyMap<Value, LowerInBlock>;
  };
  /** How each value is lowered. */
  readonly lower: (value: Value, to: Lowering) => string;
  /** How maps are lowered to the name of the reversed maps. */
  readonly lowerReversed: (value: Value, to: Lowering) => string;
}

/**
 * Prepares to lower the values of one graph into one model.
 *
 * @param writer The model.
 * @param graph What is known of the graph.
 * @returns Where to lower them to.
 */
export const lowering = (
  writer: ModelWriter,
  {
    order,
    roots,
    leaves,
    constants: fixed,
    block,
    byteProducts,
    onGpu,
    winograd,
    reversed,
    lower,
    lowerReversed,
  }: Surroundings,
): Lowering => {
  const tensors = new Map(leaves);
  const made = new Map<Value, Map<string, unknown>>();
  const labels = new Map(
    order.map((value, i) => [value, `%${i} ${value.operator.type}`]),
  );
  const relus = new Map(
    order.filter(({ operator }) => operator.type === "relu")
      .map((value) => [value.inputs[0]!, value]),
  );
  const uses = new Map<Value, number>();
  for (const value of [...order.flatMap(({ inputs }) => inputs), ...roots]) {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  const users = new Map<Value, Value[]>();
  for (const value of order) {
    for (const input of new Set(value.inputs)) {
      const known = users.get(input);
      if (known === undefined) users.set(input, [value]);
      else known.push(value);
    }
  }
  const constants = new Map<string, string>();
  let label = "";

  const under: Lowering["under"] = (value, add) => {
    const outer = label;
    label = labels.get(value) ?? value.operator.type;
    const added = add();
    label = outer;
    return added;
  };
  const to: Lowering = {
    byteProducts,
    onGpu,
    winograd,
    byte: writer.byte,
    body: writer.body,
    constant: (key, make) => {
      const name = constants.get(key) ?? writer.constant(`%${key}`, make());
      constants.set(key, name);
      return name;
    },
    scalar: writer.scalar,
    integers: writer.integers,
    tensor: (value) => {
      const name = tensors.get(value) ?? under(value, () => lower(value, to));
      tensors.set(value, name);
      return name;
    },
    isReversed: (value) => reversed?.maps.has(value) ?? false,
    inBlock: (value) => reversed?.inBlocks.get(value),
    reversed: (maps) =>
      to.once(
        maps,
        "reversed",
        () => under(maps, () => lowerReversed(maps, to)),
      ),
    node: (operator, inputs, attributes) =>
      writer.node(`${label}/${operator}`, operator, inputs, attributes)[0],
    nodeOfMany: (results, operator, inputs, attributes) =>
      writer.node(
        `${label}/${operator}`,
        operator,
        inputs,
        attributes,
        results,
      ),
    under,
    once: <A>(value: Value, purpose: string, make: () => A): A => {
      const known = made.get(value) ?? new Map<string, unknown>();
      made.set(value, known);
      if (!known.has(purpose)) known.set(purpose, make());
      return known.get(purpose) as A;
    },
    uses: (value) => uses.get(value) ?? 0,
    users: (value) => users.get(value) ?? [],
    reluOf: (x) => relus.get(x),
    isConstant: (value) => fixed.has(value),
    block,
  };
  return to;
};
