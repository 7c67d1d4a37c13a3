/**
 * Products with large constant matrices as products with parts of their rows.
 *
 * ONNX Runtime lays such a matrix out anew when it opens a session, and frees
 * it afterwards: by parts, it holds only one of them twice. Each element is the
 * same sum in the same order.
 *
 * @module
 */
import {
  type Constant,
  innerNodes,
  type Model,
  type Node,
} from "@deepcluster/onnx-format";
import { equalParts } from "./by_parts.ts";

/**
 * Splits the products whose second factor is a large constant matrix,
 * transposed, as the weights of a fully connected layer are.
 *
 * @param model Any model.
 * @param most Elements of the largest part. Default: 2^24.
 * @returns The same model in other nodes. Parts share the memory of the
 * constants that they replace.
 */
export const splitProducts = (
  model: Model,
  most: number = largestPart,
): Model => {
  const uses = usesOf(model);
  const constants = new Map(
    model.constants.filter(({ name }) => uses.get(name) === 1)
      .map((constant) => [constant.name, constant]),
  );
  const nodes: Node[] = [];
  const parts: Constant[] = [];
  const replaced = new Set<Constant>();
  for (const node of model.nodes) {
    const split = partsOf(node, constants, most);
    nodes.push(...split?.nodes ?? [node]);
    parts.push(...split?.parts ?? []);
    for (const constant of split?.replaced ?? []) replaced.add(constant);
  }
  const others = model.constants.filter((constant) => !replaced.has(constant));
  return { ...model, nodes, constants: [...others, ...parts] };
};

/**
 * Elements of the largest part. Parts of half as many would take less than 32
 * MiB, and glibc gives back at once only what is larger: VGG-16's opening would
 * then end with 290 MiB more.
 */
const largestPart = 2 ** 24;

/** How many nodes read each tensor. */
const usesOf = ({ nodes }: Model): ReadonlyMap<string, number> => {
  const uses = new Map<string, number>();
  for (const node of nodes) {
    for (const { inputs } of [node, ...innerNodes(node)]) {
      for (const name of inputs) uses.set(name, (uses.get(name) ?? 0) + 1);
    }
  }
  return uses;
};

/** The parts of a product; undefined where it is not split. */
const partsOf = (
  { name, operator, inputs, outputs, attributes }: Node,
  constants: ReadonlyMap<string, Constant>,
  most: number,
) => {
  const { transB } = attributes;
  const isTransposed = transB !== undefined && "i" in transB && transB.i === 1;
  const [first, ...others] = inputs;
  const replaced = others.flatMap((other) => constants.get(other) ?? []);
  if (
    operator !== "Gemm" || !isTransposed || replaced.length < others.length
  ) return undefined;
  const [rows, columns] = replaced[0]!.shape as [number, number];
  const count = equalParts(rows, columns, most);
  // What is added is one number for each row.
  const cutsAll = replaced.every(({ shape }) => shape[0] === rows);
  if (count === 1 || !cutsAll) return undefined;
  const products = Array.from({ length: count }, (_, index): Node => ({
    name: partName(name, index),
    operator,
    inputs: [first!, ...others.map((other) => partName(other, index))],
    outputs: [partName(name, index)],
    attributes,
  }));
  const joined: Node = {
    name,
    operator: "Concat",
    inputs: products.map(({ name }) => name),
    outputs,
    attributes: { axis: { i: 1 } },
  };
  return {
    nodes: [...products, joined],
    parts: replaced.flatMap((constant) => rowsOf(constant, count)),
    replaced,
  };
};

const partName = (name: string, index: number) => `${name}/${index}`;

/** Equal parts of the rows of a constant. */
const rowsOf = (
  { name, shape: [rows, ...others], dtype, data }: Constant,
  count: number,
): readonly Constant[] =>
  Array.from({ length: count }, (_, index) => {
    const size = data.length / count;
    return {
      name: partName(name, index),
      shape: [rows! / count, ...others],
      dtype,
      data: data.subarray(index * size, (index + 1) * size),
    };
  });
