/**
 * Products of rounded matrices for a GPU.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import type { Lowering, Lowerings } from "../lowering.ts";

/** Lowerings of products of matrices that a GPU is given otherwise. */
export const gpuLinearAlgebraLowerings: Lowerings<"coarseMatmul"> = {
  coarseMatmul: ({ operator: { bits }, inputs: [a, b] }, to) =>
    to.node("Gemm", [rounded(a!, bits, to), rounded(b!, 8, to)]),
};

/**
 * Whole numbers of so many bits. There is no `Round` on WebGPU: from 2^23 to 2^24
 * floats are whole numbers, so that a sum there is rounded, halves to even.
 */
const rounded = (x: Value, bits: number, to: Lowering): string => {
  const clipped = to.node("Clip", [
    to.tensor(x),
    to.scalar(-(2 ** (bits - 1))),
    to.scalar(2 ** (bits - 1) - 1),
  ]);
  const whole = to.scalar(1.5 * 2 ** 23);
  return to.node("Sub", [to.node("Add", [clipped, whole]), whole]);
};
