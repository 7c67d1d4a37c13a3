/**
 * Products of matrices in ONNX.
 *
 * @module
 */
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
export const linearAlgebraLowerings: Lowerings<"matmul"> = {
  matmul: (value, to) => multiplyMatrices(value, to),
};

/**
 * Adds the node of a product, with what is added to it where there is such.
 *
 * @param value The product.
 * @param to Where it is lowered to.
 * @param addend Added to the product; nothing when absent.
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
