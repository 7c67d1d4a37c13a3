/**
 * Reductions for a GPU.
 *
 * @module
 */
import { intTensor } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lowering, Lowerings } from "../lowering.ts";

/** Lowerings of reductions that a GPU is given otherwise. */
export const gpuReductionLowerings: Lowerings<"argMax"> = {
  /**
   * The smallest position that holds the maximum. `ArgMax` gives 64-bit
   * integers, which WebGPU cannot convert.
   */
  argMax: ({ operator: { axis }, inputs: [x] }, to) => {
    const isLargest = to.node("Equal", [to.tensor(x!), largest(x!, axis, to)]);
    const size = x!.shape[axis]!;
    const positions = to.node("Where", [
      isLargest,
      positionsAlong(axis, x!.shape, to),
      to.scalar(size - 1, "int32"),
    ]);
    return to.node("ReduceMin", [positions, to.integers([axis])], {
      keepdims: { i: 0 },
    });
  },
};

/**
 * Adds the node of the largest values along an axis, once.
 *
 * @param x Any value.
 * @param axis The axis.
 * @param to Where it is lowered to.
 * @returns Name of the maxima; the axis is kept as size 1.
 */
export const largest = (x: Value, axis: number, to: Lowering): string =>
  to.once(
    x,
    `largest along ${axis}`,
    () => to.node("ReduceMax", [to.tensor(x), to.integers([axis])]),
  );

/** 0, 1, 2 … along one axis, in a shape that broadcasts to the whole. */
const positionsAlong = (
  axis: number,
  shape: Value["shape"],
  to: Lowering,
): string => {
  const sizes = [shape[axis]!, ...shape.slice(axis + 1).map(() => 1)];
  return to.constant(
    `positions ${sizes.join("x")}`,
    () => intTensor(sizes, Int32Array.from({ length: sizes[0]! }, (_, i) => i)),
  );
};
