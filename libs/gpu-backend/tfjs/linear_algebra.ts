/**
 * Products of matrices in TensorFlow.js.
 *
 * @module
 */
import { type Kernels, plain, type TfjsEngine } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/** Kernels of the products of matrices. */
export const linearAlgebraKernels: Kernels<"matmul" | "coarseMatmul"> = {
  matmul: plain(([a, b], { operator: { transposeA, transposeB } }, engine) =>
    engine.backend === "wasm"
      ? productOfRows(engine, [a!, transposeA], [b!, transposeB])
      : engine.tf.matMul(a!, b!, transposeA, transposeB)
  ),
  coarseMatmul: plain(([a, b], { operator: { bits } }, { tf }) =>
    tf.matMul(rounded(tf, a!, bits), rounded(tf, b!, 8))
  ),
};

/** A matrix, and whether it is read transposed. */
type Factor = readonly [TfTensor, boolean];

/**
 * WebAssembly has fast products only of matrices as they lie: factors are
 * transposed first, or the product of the swapped ones is, whichever moves
 * fewer elements.
 */
const productOfRows = (
  { tf }: TfjsEngine,
  [a, transposeA]: Factor,
  [b, transposeB]: Factor,
): TfTensor => {
  const rows = a.shape[transposeA ? 1 : 0]!;
  const columns = b.shape[transposeB ? 0 : 1]!;
  const sizeIf = (moved: boolean, { shape }: TfTensor) =>
    moved ? shape[0]! * shape[1]! : 0;
  const moved = sizeIf(transposeA, a) + sizeIf(transposeB, b);
  const movedSwapped = sizeIf(!transposeA, a) + sizeIf(!transposeB, b) +
    rows * columns;
  const turned = (x: TfTensor, turn: boolean) =>
    turn ? tf.transpose(x, [1, 0]) : x;
  return moved <= movedSwapped
    ? tf.matMul(turned(a, transposeA), turned(b, transposeB))
    : turned(tf.matMul(turned(b, !transposeB), turned(a, !transposeA)), true);
};

/** The nearest whole numbers of so many bits, ties to the even ones. */
const rounded = (tf: Tf, x: TfTensor, bits: number): TfTensor =>
  tf.clipByValue(tf.round(x), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
