/**
 * Products of rounded matrices for a GPU.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import type { Lowering, Lowerings } from "../lowering.ts";

/** Lowerings of products of matrices that a GPU is given otherwise. */
export const gpuLinearAlgebraLowerings: Lowerings<"coarseMatmul"> = {
  coarseMatmul: ({ inputs: [a, b] }, to) =>
    to.node("Gemm", [rounded(a!, to), rounded(b!, to)]),
};

/**
 * Whole numbers of eight bits. There is no `Round` on WebGPU: from 2^23 to 2^24
 * floats are whole numbers, so that a sum there is rounded, halves to even.
 */
const rounded = (x: Value, to: Lowering): string => {
  const clipped = to.node("Clip", [
    to.tensor(x),
    to.scalar(-128),
    to.scalar(127),
  ]);
  const whole = to.scalar(1.5 * 2 ** 23);
  return to.node("Sub", [to.node("Add", [clipped, whole]), whole]);
};
