/**
 * Products of matrices in ONNX.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import type { Operand } from "./broadcasting.ts";
import type { Lowering, Lowerings, ValueOf } from "./lowering.ts";

/** What a product of matrices adds to itself. */
export interface Addend {
  /** Broadcasts to the product. */
  readonly operand: Operand;
  /** What it is multiplied by first. */
  readonly factor: number;
}

/** Lowerings of the products of matrices. */
export const linearAlgebraLowerings: Lowerings<"matmul" | "coarseMatmul"> = {
  matmul: (value, to) => multiplyMatrices(value, to),
  coarseMatmul: ({ inputs: [a, b] }, to) =>
    to.exactBytes
      ? multiplyBytes(to.tensor(a!), to.tensor(b!), to)
      : to.node("Gemm", [rounded(a!, to), rounded(b!, to)]),
};

/**
 * 8-bit integers: the first factor unsigned with 128 for 0, the second signed,
 * for which processors have instructions. The library's own operator hands the
 * sums back as floats in a third less time than `MatMulInteger` and `Cast`.
 */
const multiplyBytes = (a: string, b: string, to: Lowering): string => {
  const one = to.scalar(1);
  const zero = to.byte(128, "uint8");
  return to.node("com.microsoft.MatMulIntegerToFloat", [
    to.node("QuantizeLinear", [a, one, zero]),
    to.node("QuantizeLinear", [b, one, to.byte(0, "int8")]),
    one,
    one,
    zero,
  ]);
};

const rounded = (x: Value, to: Lowering): string =>
  to.node("Clip", [
    to.node("Round", [to.tensor(x)]),
    to.scalar(-128),
    to.scalar(127),
  ]);

/**
 * Adds the node of a product, with what is added to it where there is such.
 *
 * @param value The product.
 * @param to Where it is lowered to.
 * @param addend Added to the product. Default: nothing.
 * @returns Name of the sum.
 */
export const multiplyMatrices = (
  { operator, inputs: [a, b] }: ValueOf<"matmul">,
  to: Lowering,
  addend?: Addend,
): string =>
  to.node("Gemm", [
    to.tensor(a!),
    to.tensor(b!),
    ...addend === undefined ? [] : [addend.operand.tensor(to)],
  ], {
    transA: { i: Number(operator.transposeA) },
    transB: { i: Number(operator.transposeB) },
    beta: { f: addend?.factor ?? 1 },
  });
