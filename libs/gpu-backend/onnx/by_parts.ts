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
import type { Shape } from "@deepcluster/core";
import type { Lowering } from "./lowering.ts";

/** A tensor whose parts follow each other in memory. */
export interface Parted {
  /** Its name. */
  readonly tensor: string;
  /** Shape of a part. */
  readonly shape: Shape;
}

/**
 * Adds the node of all parts.
 *
 * @param parts How many.
 * @param operands What is cut.
 * @param results Shapes of a part of each result.
 * @param add Adds the nodes of one part, given the names of its operands, and
 * returns the names of its results. It may read other tensors, which are known.
 * @param to Where it is lowered to.
 * @returns Names of the results, each `[parts, …]`.
 */
export const byParts = (
  parts: number,
  operands: readonly Parted[],
  results: readonly Shape[],
  add: (operands: readonly string[]) => readonly string[],
  to: Lowering,
): readonly string[] => {
  const port = (shape: Shape) => ({ shape, dtype: "float32" }) as const;
  const body = to.body(
    operands.map(({ shape }) => ({ ...port(shape), name: "part" })),
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
