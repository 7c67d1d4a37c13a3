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
 * Adds the nodes of a reduction.
 *
 * Innermost axes are summed where they lie, others are first laid innermost,
 * in a copy. Of a large tensor such a copy costs more than a node, so that its
 * innermost axes are reduced first.
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
  const outer = axes.filter((axis, i) =>
    shape.length - axis !== axes.length - i
  );
  const inner = axes.slice(outer.length);
  if (
    outer.length === 0 || inner.length === 0 || sizeOf(shape) < largeElements
  ) return reduce(operator, tensor, axes);
  const rest = operator === "ReduceSumSquare" ? "ReduceSum" : operator;
  return reduce(rest, reduce(operator, tensor, inner), outer);
};

/** From here on a copy costs more than a node, of some 10 µs. */
const largeElements = 2 ** 22;

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
