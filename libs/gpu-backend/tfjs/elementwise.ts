/**
 * Elementwise operators and constants in TensorFlow.js.
 *
 * @module
 */
import type { OperatorType } from "@deepcluster/graph";
import { type Kernel, type Kernels, plain, toImages } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/**
 * A kernel that keeps images as they lie where an operand of four axes is held
 * so. Operands of one to three axes are turned to broadcast along.
 */
const elementwise = <T extends OperatorType>(
  compute: (tf: Tf, operands: readonly TfTensor[]) => TfTensor,
): Kernel<T> => ({
  layouts: ({ shape, inputs }, held) => {
    const writes = shape.length === 4 && held.includes("images")
      ? "images"
      : "plain";
    return {
      reads: inputs.map(({ shape }) => shape.length === 4 ? writes : "plain"),
      writes,
    };
  },
  compute: (operands, { inputs }, { tf }, { writes }) =>
    compute(
      tf,
      operands.map((operand, i) => {
        const axes = inputs[i]!.shape.length;
        return writes === "plain" || axes === 4 || axes === 0
          ? operand
          : alongImages(tf, operand);
      }),
    ),
});

const alongImages = (tf: Tf, x: TfTensor): TfTensor =>
  tf.transpose(
    tf.reshape(x, [...Array(4 - x.shape.length).fill(1), ...x.shape]),
    [...toImages],
  );

/** Kernels of the elementwise operators and of constants. */
export const elementwiseKernels: Kernels<
  | "constant"
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "negate"
  | "exp"
  | "log"
  | "sqrt"
  | "relu"
  | "sigmoid"
  | "toFloat"
  | "reluGradient"
> = {
  constant: plain((_, { shape, operator }, { tf }) =>
    tf.fill([...shape], operator.value)
  ),
  add: elementwise((tf, [a, b]) => tf.add(a!, b!)),
  subtract: elementwise((tf, [a, b]) => tf.sub(a!, b!)),
  multiply: elementwise((tf, [a, b]) => tf.mul(a!, b!)),
  divide: elementwise((tf, [a, b]) => tf.div(a!, b!)),
  negate: elementwise((tf, [x]) => tf.neg(x!)),
  exp: elementwise((tf, [x]) => tf.exp(x!)),
  log: elementwise((tf, [x]) => tf.log(x!)),
  sqrt: elementwise((tf, [x]) => tf.sqrt(x!)),
  relu: elementwise((tf, [x]) => tf.relu(x!)),
  sigmoid: elementwise((tf, [x]) => tf.sigmoid(x!)),
  toFloat: elementwise((tf, [x]) => tf.cast(x!, "float32")),
  reluGradient: elementwise((tf, [x, dy]) =>
    tf.where(tf.greater(x!, 0), dy!, tf.zerosLike(dy!))
  ),
};
