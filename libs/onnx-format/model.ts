/**
 * Writing ONNX models: names, nodes and constants gathered, and what nothing
 * depends on left out.
 *
 * Reference: the ONNX intermediate representation, https://onnx.ai/onnx.
 *
 * @module
 */
import {
  type DType,
  floatTensor,
  intTensor,
  type Shape,
  type Tensor,
} from "@deepcluster/core";

/** A setting of a node: an integer, a float, integers, a string or a model. */
export type Attribute =
  | { readonly i: number }
  | { readonly f: number }
  | { readonly ints: readonly number[] }
  | { readonly s: string }
  | { readonly graph: Model };

/** Settings of a node by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** An operator applied to tensors by name. */
export interface Node {
  /** Its own name, by which errors name it. */
  readonly name: string;
  /** Name of the ONNX operator, after its domain where that has one. */
  readonly operator: string;
  /** Names of its operands. */
  readonly inputs: readonly string[];
  /** Names of its results. */
  readonly outputs: readonly string[];
  /** Its settings. */
  readonly attributes: Attributes;
}

/** A tensor that is fed or computed for the caller. */
export interface Port {
  /** Its name. */
  readonly name: string;
  /** Its sizes, or names of those that are known only when it is fed. */
  readonly shape: readonly (number | string)[];
  /** Its element type. */
  readonly dtype: DType | ByteType;
}

/** Element types of eight bits. */
export type ByteType = "uint8" | "int8";

/** A constant that the model holds. */
export interface Constant {
  /** Its name. */
  readonly name: string;
  /** Its sizes. */
  readonly shape: Shape;
  /**
   * Its element type; int64 only for shapes, axes and positions, bytes only
   * for zero points.
   */
  readonly dtype: DType | "int64" | ByteType;
  /** Its values, row-major. */
  readonly data:
    | Float32Array
    | Int32Array
    | BigInt64Array
    | Uint8Array
    | Int8Array;
}

/** A model as gathered, ready to be encoded. */
export interface Model {
  /** What is fed. */
  readonly inputs: readonly Port[];
  /** What is returned. */
  readonly outputs: readonly Port[];
  /** Operators, each after those that it depends on. */
  readonly nodes: readonly Node[];
  /** Constants that the nodes use. */
  readonly constants: readonly Constant[];
}

/** Gathers a model. Every name that it hands out is unique in the model. */
export interface ModelWriter {
  /** Declares a tensor that is fed; its name may get a suffix. */
  readonly input: (port: Port) => string;
  /**
   * Declares a tensor that is returned and gives it the name of the port,
   * with a suffix when that is taken. What no node computes, or what is
   * returned already, is copied.
   */
  readonly output: (port: Port, tensor: string) => string;
  /** Adds a node with `results` results (default: 1); returns their names. */
  readonly node: (
    name: string,
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
    results?: number,
  ) => readonly [string, ...string[]];
  /**
   * Gathers the nodes that `add` adds in a model of their own, for a setting
   * of a node. They may read what is outside of it. `add` gets the names of its
   * inputs, and returns those of its outputs, which its own nodes compute.
   */
  readonly body: (
    inputs: readonly Port[],
    outputs: readonly Omit<Port, "name">[],
    add: (inputs: readonly string[]) => readonly string[],
  ) => Model;
  /** Adds a constant; its values are shared, not copied. */
  readonly constant: (name: string, tensor: Tensor) => string;
  /** A constant of shape `[]`. Equal ones are one. */
  readonly scalar: (value: number, dtype?: DType) => string;
  /** A constant byte of shape `[]`. Equal ones are one. */
  readonly byte: (value: number, dtype: ByteType) => string;
  /** An int64 constant of shape `[values.length]`. Equal ones are one. */
  readonly integers: (values: readonly number[]) => string;
  /** The model, without nodes and constants on which no output depends. */
  readonly finish: () => Model;
}

/**
 * Opens a model to write to.
 *
 * @returns An empty model.
 */
export const modelWriter = (): ModelWriter => {
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  let nodes: Node[] = [];
  const constants: Constant[] = [];
  const singletons = new Map<string, string>();
  const computed = new Set<string>();
  const renamed = new Map<string, string>();
  const unique = uniqueNames();

  const node: ModelWriter["node"] = (
    name,
    operator,
    inputs,
    attributes = {},
    results = 1,
  ) => {
    const first = unique(name);
    const rest = Array.from({ length: results - 1 }, () => unique(name));
    const outputs = [first, ...rest] as const;
    nodes.push({ name: first, operator, inputs, outputs, attributes });
    for (const result of outputs) computed.add(result);
    return outputs;
  };
  const hold = (key: string, make: (name: string) => Constant): string => {
    const constant = make(unique(key));
    constants.push(constant);
    return constant.name;
  };
  const holdOnce: typeof hold = (key, make) => {
    const name = singletons.get(key) ?? hold(key, make);
    singletons.set(key, name);
    return name;
  };
  return {
    input: (port) => {
      const name = unique(port.name);
      inputs.push({ ...port, name });
      return name;
    },
    output: (port, tensor) => {
      const name = unique(port.name);
      const source = computed.has(tensor) && !renamed.has(tensor)
        ? tensor
        : node(name, "Identity", [tensor])[0];
      renamed.set(source, name);
      outputs.push({ ...port, name });
      return name;
    },
    node,
    body: (inputs, outputs, add) => {
      const outer = nodes;
      nodes = [];
      const ports = inputs.map((port) => ({
        ...port,
        name: unique(port.name),
      }));
      const results = add(ports.map(({ name }) => name));
      const body = {
        inputs: ports,
        outputs: outputs.map((port, i) => ({ ...port, name: results[i]! })),
        nodes,
        constants: [],
      };
      nodes = outer;
      return body;
    },
    constant: (name, tensor) => hold(name, (name) => ({ ...tensor, name })),
    scalar: (value, dtype = "float32") =>
      holdOnce(`%${dtype} ${Object.is(value, -0) ? "-0" : value}`, (name) => ({
        ...scalarTensor(value, dtype),
        name,
      })),
    byte: (value, dtype) =>
      holdOnce(`%${dtype} ${value}`, (name) => ({
        name,
        shape: [],
        dtype,
        data: dtype === "uint8" ? Uint8Array.of(value) : Int8Array.of(value),
      })),
    integers: (values) =>
      holdOnce(`%int64 [${values.join(", ")}]`, (name) => ({
        name,
        shape: [values.length],
        dtype: "int64",
        data: BigInt64Array.from(values, BigInt),
      })),
    finish: () =>
      pruned({
        inputs,
        outputs,
        nodes: nodes.map((node) => rename(node, renamed)),
        constants,
      }),
  };
};

const uniqueNames = (): (name: string) => string => {
  const taken = new Set<string>();
  return (name) => {
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name}:${i}`;
    taken.add(free);
    return free;
  };
};

const scalarTensor = (value: number, dtype: DType): Tensor =>
  dtype === "int32"
    ? intTensor([], Int32Array.of(value))
    : floatTensor([], Float32Array.of(value));

const rename = (node: Node, names: ReadonlyMap<string, string>): Node => {
  const now = (name: string) => names.get(name) ?? name;
  return {
    ...node,
    inputs: node.inputs.map(now),
    outputs: node.outputs.map(now),
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([key, attribute]) => [
        key,
        "graph" in attribute
          ? { graph: renameIn(attribute.graph, names) }
          : attribute,
      ]),
    ),
  };
};

/** What a model in a setting reads from outside may have a new name. */
const renameIn = (model: Model, names: ReadonlyMap<string, string>): Model => ({
  ...model,
  nodes: model.nodes.map((node) => rename(node, names)),
});

/**
 * Lists the nodes of the models in a node's settings.
 *
 * @param node Any node.
 * @returns The nodes, those of inner models among them.
 */
export const innerNodes = (node: Node): readonly Node[] =>
  Object.values(node.attributes).flatMap((attribute) =>
    "graph" in attribute
      ? attribute.graph.nodes.flatMap((inner) => [inner, ...innerNodes(inner)])
      : []
  );

/** Leaves out nodes, trailing results and constants that nothing uses. */
const pruned = (model: Model): Model => {
  const needed = new Set(model.outputs.map(({ name }) => name));
  const nodes: Node[] = [];
  for (const node of model.nodes.toReversed()) {
    const last = node.outputs.findLastIndex((name) => needed.has(name));
    if (last === -1) continue;
    nodes.push({ ...node, outputs: node.outputs.slice(0, last + 1) });
    for (const { inputs } of [node, ...innerNodes(node)]) {
      for (const name of inputs) needed.add(name);
    }
  }
  return {
    ...model,
    nodes: nodes.reverse(),
    constants: model.constants.filter(({ name }) => needed.has(name)),
  };
};
