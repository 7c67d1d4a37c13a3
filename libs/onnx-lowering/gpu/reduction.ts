/**
 * Reductions for a GPU.
 *
 * @module
 */
import { intTensor, type Shape, sizeOf } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lower, Lowering, Lowerings } from "../lowering.ts";

type Reduction = "reduceSum" | "reduceMean" | "reduceMax";

const reduction =
  (operator: ReductionOperator): Lower<Reduction> =>
  ({ operator: settings, inputs: [x] }, to) =>
    settings.axes.length === 0
      ? to.tensor(x!)
      : reduced(operator, to.tensor(x!), x!.shape, settings, to);

/** Lowerings of the reductions. */
export const gpuReductionLowerings: Lowerings<Reduction | "argMax"> = {
  reduceSum: reduction("ReduceSum"),
  reduceMean: reduction("ReduceMean"),
  reduceMax: reduction("ReduceMax"),
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

/** Reductions of ONNX by which all of a tensor is reduced. */
type ReductionOperator =
  | "ReduceSum"
  | "ReduceMean"
  | "ReduceMax"
  | "ReduceSumSquare";

/**
 * Adds the nodes of a reduction, in two steps where it is long: the provider
 * for WebGPU gives each result to 64 threads, however many values it has, and
 * leaves the rest of the GPU idle.
 *
 * @param operator The reduction.
 * @param tensor Name of the tensor.
 * @param shape Its sizes.
 * @param settings The axes, ascending, at least one, and whether they stay with
 * size 1.
 * @param to Where it is lowered to.
 * @returns Name of the result.
 */
export const reduced = (
  operator: ReductionOperator,
  tensor: string,
  shape: Shape,
  { axes, keepDimensions }: {
    readonly axes: readonly number[];
    readonly keepDimensions: boolean;
  },
  to: Lowering,
): string => {
  const reduce = (operator: string, tensor: string, axes: readonly number[]) =>
    to.node(operator, [tensor, to.integers(axes)], {
      keepdims: { i: Number(keepDimensions) },
    });
  const values = sizeOf(axes.map((axis) => shape[axis]!));
  if (axes.length === 1 || values <= longReduction) {
    return reduce(operator, tensor, axes);
  }
  const [first, ...rest] = axes;
  const next = operator === "ReduceSumSquare" ? "ReduceSum" : operator;
  return reduce(next, reduce(operator, tensor, rest), [first!]);
};

/** So many values cost 64 threads about as much as another node. */
const longReduction = 4096;

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
