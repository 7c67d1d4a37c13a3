/**
 * Elementwise operators and constants in ONNX.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import { compact, compactPair, sameSizes } from "./broadcasting.ts";
import { convolve } from "./convolution.ts";
import { multiplyMatrices } from "./linear_algebra.ts";
import type { Lower, Lowering, Lowerings, ValueOf } from "./lowering.ts";

type Arithmetic = "add" | "subtract" | "multiply" | "divide";
type Map = "negate" | "exp" | "log" | "sqrt" | "relu" | "sigmoid";

const arithmetic =
  (operator: string): Lower<Arithmetic> => ({ inputs, shape }, to) => {
    const [a, b] = compactPair(inputs[0]!, inputs[1]!, shape);
    return to.node(operator, [a.tensor(to), b.tensor(to)]);
  };

const map = (operator: string): Lower<Map> => ({ inputs: [x] }, to) =>
  to.node(operator, [to.tensor(x!)]);

/** Lowerings of the elementwise operators and of constants. */
export const elementwiseLowerings: Lowerings<
  Arithmetic | Map | "toFloat" | "reluGradient" | "constant"
> = {
  constant: ({ operator, shape, dtype }, to) => {
    const scalar = to.scalar(operator.value, dtype);
    return shape.length === 0
      ? scalar
      : to.node("Expand", [scalar, to.integers(shape)]);
  },
  add: (value, to) => fusedSum(value, to) ?? arithmetic("Add")(value, to),
  subtract: arithmetic("Sub"),
  multiply: arithmetic("Mul"),
  divide: arithmetic("Div"),
  negate: map("Neg"),
  exp: map("Exp"),
  log: map("Log"),
  sqrt: map("Sqrt"),
  relu: map("Relu"),
  sigmoid: map("Sigmoid"),
  toFloat: ({ inputs: [x] }, to) =>
    to.node("Cast", [to.tensor(x!)], { to: { i: float } }),
  // `Where` would say it all, but runs on one thread.
  reluGradient: ({ inputs: [x, dy] }, to) => {
    const mask = to.node("Cast", [positive(x!, to)], { to: { i: float } });
    return to.node("Mul", [to.tensor(dy!), mask]);
  },
};

/** `TensorProto.DataType` of the ONNX format. */
const float = 1;
const bool = 9;

/**
 * Adds the node of where `x > 0`. The result of `relu(x)` tells it as well, so
 * that `x` itself need not stay in memory.
 *
 * @param x Any value.
 * @param to Where it is lowered to.
 * @returns Name of the truth values.
 */
export const positive = (x: Value, to: Lowering): string => {
  const rectified = to.reluOf(x);
  return rectified === undefined
    ? to.node("Greater", [to.tensor(x), to.scalar(0)])
    : to.node("Cast", [to.tensor(rectified)], { to: { i: bool } });
};

/** The sum in the product's own node, when one operand is only used here. */
const fusedSum = (
  { inputs: [a, b], shape }: ValueOf<"add">,
  to: Lowering,
): string | undefined => {
  for (const [product, added] of [[a!, b!], [b!, a!]] as const) {
    if (to.uses(product) > 1 || !sameSizes(product.shape, shape)) continue;
    const fused = fuse(product, added, to);
    if (fused !== undefined) return fused;
  }
  return undefined;
};

const fuse = (
  product: Value,
  added: Value,
  to: Lowering,
): string | undefined => {
  const { type } = product.operator;
  if (type === "matmul") {
    return multiplyMatrices(product as ValueOf<"matmul">, to, scaled(added));
  }
  const bias = type === "convolution" ? channelBias(product, added) : undefined;
  return bias &&
    convolve(product as ValueOf<"convolution">, to, asVector(bias, to));
};

/** A value of one number a channel as `[channels]`. */
const asVector = (bias: Value, to: Lowering): string => {
  const [source] = bias.inputs;
  return bias.operator.type === "reshape" && source!.shape.length === 1
    ? to.tensor(source!)
    : to.node("Reshape", [to.tensor(bias), to.integers([-1])]);
};

/** What is added to every channel of `x`, when `added` is that. */
const channelBias = (x: Value, added: Value): Value | undefined => {
  const { shape, value } = compact(added);
  const channels = x.shape[1]!;
  const isVector = value.operator.type !== "constant" &&
    shape.at(-3) === channels &&
    shape.every((size, axis) => axis === shape.length - 3 || size === 1);
  return isVector ? value : undefined;
};

/** `added` as `factor * value`, where its factor is a constant. */
const scaled = (added: Value) => {
  const { operator, inputs } = added;
  const [left, right] = inputs.map(compact);
  if (operator.type !== "multiply") {
    return { operand: compact(added), factor: 1 };
  }
  for (const [factor, other] of [[left!, right!], [right!, left!]] as const) {
    const { operator } = factor.value;
    if (
      operator.type === "constant" && sameSizes(other.shape, added.shape)
    ) return { operand: other, factor: operator.value };
  }
  return { operand: compact(added), factor: 1 };
};
