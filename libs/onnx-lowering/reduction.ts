/**
 * Reductions in ONNX.
 *
 * A maximum among numbers and a NaN is not to be relied on: ONNX Runtime starts
 * anew behind the NaN, so that `[1, NaN, 2, 3]` may come to 2.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import type { Lower, Lowering, Lowerings } from "./lowering.ts";

type Reduction = "reduceSum" | "reduceMean" | "reduceMax";

const reduction =
  (operator: string): Lower<Reduction> =>
  ({ operator: { axes }, inputs, shape }, to) => {
    const x = inputs[0]!;
    return axes.length === 0 ? to.tensor(x) : to.node("Reshape", [
      reduceByRuns(operator, to.tensor(x), axes, to),
      to.integers(shape),
    ]);
  };

/** Lowerings of the reductions. */
export const reductionLowerings: Lowerings<Reduction | "argMax"> = {
  reduceSum: reduction("ReduceSum"),
  reduceMean: reduction("ReduceMean"),
  reduceMax: reduction("ReduceMax"),
  argMax: ({ operator, inputs: [x] }, to) => {
    const where = to.node("ArgMax", [to.tensor(x!)], {
      axis: { i: operator.axis },
      keepdims: { i: 0 },
      select_last_index: { i: 0 },
    });
    return to.node("Cast", [where], { to: { i: int32 } });
  },
};

/** `TensorProto.DataType` of the ONNX format. */
const int32 = 6;

/**
 * Reduces runs of neighbouring axes one after the other, the last run first.
 * Over axes 0, 2 and 3 of 32 x 96 x 55 x 55 this takes half the time of one
 * node for all.
 *
 * @param operator Name of the ONNX reduction.
 * @param x Name of the tensor.
 * @param axes In ascending order, at least one.
 * @param to Where it is lowered to.
 * @returns Name of the result, reduced axes kept as size 1.
 */
export const reduceByRuns = (
  operator: string,
  x: string,
  axes: Shape,
  to: Lowering,
): string => {
  const runs: number[][] = [];
  for (const axis of axes) {
    const run = runs.at(-1);
    if (run?.at(-1) === axis - 1) run.push(axis);
    else runs.push([axis]);
  }
  return runs.reduceRight(
    (tensor, run) => to.node(operator, [tensor, to.integers(run)]),
    x,
  );
};
