/**
 * Kernels of the elementwise operators and of constants.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import { broadcastPositions, type Kernel, type Kernels } from "./kernel.ts";

type Arithmetic = "add" | "subtract" | "multiply" | "divide";
type Map =
  | "negate"
  | "exp"
  | "log"
  | "sqrt"
  | "relu"
  | "sigmoid"
  | "toFloat";

const arithmetic =
  (compute: (a: number, b: number) => number): Kernel<Arithmetic> =>
  ([a, b], shape) => {
    const fromA = broadcastPositions(a!.shape, shape);
    const fromB = broadcastPositions(b!.shape, shape);
    return Float64Array.from(
      fromA,
      (position, i) => compute(a!.data[position]!, b!.data[fromB[i]!]!),
    );
  };

const map = (compute: (x: number) => number): Kernel<Map> => ([x]) =>
  x!.data.map(compute);

/** Kernels of the elementwise operators and of constants. */
export const elementwiseKernels: Kernels<
  Arithmetic | Map | "reluGradient" | "constant"
> = {
  constant: (_, shape, { value }) =>
    new Float64Array(sizeOf(shape)).fill(value),
  add: arithmetic((a, b) => a + b),
  subtract: arithmetic((a, b) => a - b),
  multiply: arithmetic((a, b) => a * b),
  divide: arithmetic((a, b) => a / b),
  negate: map((x) => -x),
  exp: map(Math.exp),
  log: map(Math.log),
  sqrt: map(Math.sqrt),
  relu: map((x) => Math.max(x, 0)),
  sigmoid: map((x) => 1 / (1 + Math.exp(-x))),
  toFloat: map((x) => x),
  reluGradient: ([x, dy]) => dy!.data.map((d, i) => x!.data[i]! > 0 ? d : 0),
};
