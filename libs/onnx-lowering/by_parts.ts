/**
 * Parts of a batch that go through the same nodes one after the other, by ONNX's
 * `Scan`: what is computed on the way takes the memory of one part.
 *
 * ONNX Runtime cuts and joins the parts without a copy. It plans the memory of
 * these nodes for themselves, where otherwise it would keep what has the shape
 * of a later tensor until that is written.
 *
 * Reference: https://onnx.ai/onnx/operators/onnx__Scan.html.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";
import type { Lowering } from "./lowering.ts";

/** A part of a tensor. */
export interface Part {
  /** Its shape. */
  readonly shape: Shape;
  /** Its element type. Default: float32. */
  readonly dtype?: DType;
}

/** A tensor whose parts follow each other in memory. */
export interface Parted extends Part {
  /** Its name. */
  readonly tensor: string;
}

/**
 * Adds the node of all parts.
 *
 * @param parts How many.
 * @param operands What is cut.
 * @param results A part of each result.
 * @param add Adds the nodes of one part, given the names of its operands, and
 * returns the names of its results. It may read other tensors, which are known.
 * @param to Where it is lowered to.
 * @returns Names of the results, each `[parts, …]`.
 */
export const byParts = (
  parts: number,
  operands: readonly Parted[],
  results: readonly Part[],
  add: (operands: readonly string[]) => readonly string[],
  to: Lowering,
): readonly string[] => {
  const port = ({ shape, dtype = "float32" }: Part) => ({ shape, dtype });
  const body = to.body(
    operands.map((part) => ({ ...port(part), name: "part" })),
    results.map(port),
    add,
  );
  const stacked = operands.map(({ tensor, shape }) =>
    to.node("Reshape", [tensor, to.integers([parts, ...shape])])
  );
  return to.nodeOfMany(results.length, "Scan", stacked, {
    body: { graph: body },
    num_scan_inputs: { i: operands.length },
  });
};

/**
 * Counts the fewest equal parts of a batch that are small enough; a single one
 * where only much smaller ones are equal.
 *
 * @param batch Images.
 * @param each Elements of an image.
 * @param most Elements of the largest part. Default: 2^23, which are 32 MB.
 * @returns How many parts.
 */
export const equalParts = (
  batch: number,
  each: number,
  most: number = mostAtOnce,
): number => {
  for (let parts = 1; parts <= batch; parts++) {
    const size = batch / parts * each;
    if (size > most || batch % parts !== 0) continue;
    return 4 * size < most ? 1 : parts;
  }
  return batch;
};

/** Elements of a part: 32 MB. */
const mostAtOnce = 2 ** 23;

/** Elements of a part that stays in the cache: 4 MB. */
export const mostInCache: number = 2 ** 20;
