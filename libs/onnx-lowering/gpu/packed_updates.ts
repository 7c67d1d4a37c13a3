/**
 * Small vectors of state that are replaced alike, as one vector.
 *
 * A step replaces biases, scales, their momenta and the running statistics of
 * every layer by the same few elementwise operators. Each of these costs a GPU a
 * node, however short the vector. So the vectors are joined, replaced together
 * and parted again, with the same bits.
 *
 * @module
 */
import { floatTensor, sizeOf } from "@deepcluster/core";
import type { Graph, Value } from "@deepcluster/graph";
import { compact, sameSizes } from "../broadcasting.ts";
import type { Lowering } from "../lowering.ts";

/**
 * Adds the nodes that replace vectors together.
 *
 * @param graph The graph.
 * @param to Where it is lowered to.
 * @returns Names of tensors by the values that are next states; those that are
 * not replaced together are missing.
 */
export const packedUpdates = (
  graph: Graph,
  to: Lowering,
): ReadonlyMap<Value, string> => {
  const formOf = forms();
  const next = Object.values(graph.state).flatMap(({ next }) => next ?? []);
  const updates = new Set(next.filter(isVectorArithmetic));
  const packed = new Map<Value, string>();
  const pack = packer(to);
  for (const alike of Map.groupBy(updates, formOf).values()) {
    for (const values of packsOf(alike)) {
      const parts = to.under(values[0]!, () => part(values));
      values.forEach((value, i) => packed.set(value, parts[i]!));
    }
  }
  return packed;

  function part(values: readonly Value[]): readonly string[] {
    const sizes = values.map(({ shape }) => shape[0]!);
    const together = pack(values);
    const attributes = { axis: { i: 0 } };
    const operands = [together, to.integers(sizes)];
    return to.nodeOfMany(values.length, "Split", operands, attributes);
  }
};

/** ONNX names of the operators that are applied to packs. */
const arithmetic: Readonly<Record<string, string>> = {
  add: "Add",
  subtract: "Sub",
  multiply: "Mul",
  divide: "Div",
};

const isVectorArithmetic = ({ operator, shape }: Value): boolean =>
  operator.type in arithmetic && shape.length === 1 &&
  shape[0]! <= largestVector;

/** Longer vectors are worth their nodes; joining them would copy them. */
const largestVector = 2 ** 16;

/**
 * Vectors of one pack: WebGPU promises eight buffers a kernel, and parting
 * reads one. Two vectors would not be worth joining.
 */
const [fewest, most] = [3, 7];

const packsOf = (values: readonly Value[]): readonly (readonly Value[])[] =>
  Array.from(
    { length: Math.ceil(values.length / most) },
    (_, i) => values.slice(i * most, (i + 1) * most),
  ).filter(({ length }) => length >= fewest);

/**
 * Tells values that are computed alike: by the same operators from vectors of
 * their own size, numbers, and the same scalars.
 */
const forms = (): (value: Value) => string => {
  const known = new Map<Value, string>();
  const names = new Map<Value, number>();
  const formOf = (value: Value, whole: Value): string => {
    const { shape, value: operand } = compact(value);
    if (operand.operator.type === "constant") return "number";
    if (sameSizes(whole.shape, shape)) {
      return isVectorArithmetic(operand) ? once(operand) : "vector";
    }
    if (!names.has(operand)) names.set(operand, names.size);
    return `${shape.length === 0 ? "scalar" : "other"} ${names.get(operand)}`;
  };
  const once = (value: Value): string => {
    const form = known.get(value) ??
      `${value.operator.type}(${
        value.inputs.map((operand) => formOf(operand, value)).join(", ")
      })`;
    known.set(value, form);
    return form;
  };
  return once;
};

/** Names the tensor of some values joined; each list is joined once. */
const packer = (to: Lowering): (values: readonly Value[]) => string => {
  const numbers = new Map<Value, number>();
  const known = new Map<string, string>();
  const numberOf = (value: Value): number => {
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    return numbers.get(value)!;
  };
  const joined = (values: readonly Value[]): string => {
    const key = values.map(numberOf).join(" ");
    const tensor = known.get(key) ?? join(values);
    known.set(key, tensor);
    return tensor;
  };
  const join = (values: readonly Value[]): string => {
    const [first] = values;
    if (values.every(isVectorArithmetic)) {
      const operands = [0, 1].map((i) =>
        operandOf(values, values.map(({ inputs }) => inputs[i]!))
      );
      return to.node(arithmetic[first!.operator.type]!, operands);
    }
    return to.node("Concat", values.map(to.tensor), { axis: { i: 0 } });
  };
  const operandOf = (
    wholes: readonly Value[],
    values: readonly Value[],
  ): string => {
    const operands = values.map(compact);
    const constants = operands.flatMap(({ value: { operator } }) =>
      operator.type === "constant" ? [operator.value] : []
    );
    if (constants.length > 0) return numbersFor(wholes, constants);
    return operands[0]!.shape.length === 0
      ? operands[0]!.tensor(to)
      : joined(operands.map(({ value }) => value));
  };
  /** One number for all vectors, or one for each. */
  const numbersFor = (
    wholes: readonly Value[],
    each: readonly number[],
  ): string => {
    if (new Set(each).size === 1) return to.scalar(each[0]!);
    const sizes = wholes.map(({ shape }) => sizeOf(shape));
    return to.constant(
      `numbers ${each.join(" ")} for ${sizes.join(" ")}`,
      () => {
        const data = sizes.flatMap((size, i) =>
          new Array<number>(size).fill(each[i]!)
        );
        return floatTensor([data.length], Float32Array.from(data));
      },
    );
  };
  return joined;
};
