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
  coarseMatmul: ({ operator: { bits }, inputs: [a, b] }, to) =>
    bits <= to.byteProducts
      ? multiplyBytes(a!, bits, b!, to)
      : to.node("Gemm", [rounded(a!, bits, to), rounded(b!, 8, to)]),
};

/**
 * 8-bit integers: the first factor unsigned with 128 for 0, or 64 where it has
 * 7 bits, the second signed, for which processors have instructions. The
 * library's own operator hands the sums back as floats in a third less time
 * than `MatMulInteger` and `Cast`.
 */
const multiplyBytes = (
  a: Value,
  bits: 7 | 8,
  b: Value,
  to: Lowering,
): string => {
  const one = to.scalar(1);
  const zero = to.byte(2 ** (bits - 1), "uint8");
  const left = bits === 8 ? to.tensor(a) : clipped(to.tensor(a), bits, to);
  return to.node("com.microsoft.MatMulIntegerToFloat", [
    to.node("QuantizeLinear", [left, one, zero]),
    to.node("QuantizeLinear", [to.tensor(b), one, to.byte(0, "int8")]),
    one,
    one,
    zero,
  ]);
};

const rounded = (x: Value, bits: number, to: Lowering): string =>
  clipped(to.node("Round", [to.tensor(x)]), bits, to);

const clipped = (x: string, bits: number, to: Lowering): string =>
  to.node("Clip", [
    x,
    to.scalar(-(2 ** (bits - 1))),
    to.scalar(2 ** (bits - 1) - 1),
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
