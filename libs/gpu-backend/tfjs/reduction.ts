/**
 * Reductions in TensorFlow.js.
 *
 * @module
 */
import { axisOfImages, type Kernel, type Kernels, plain } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

type Reduction = "reduceSum" | "reduceMean" | "reduceMax";

/** A kernel that reads images as they lie, where at most one axis is left. */
const reduction = (how: "sum" | "mean" | "max"): Kernel<Reduction> => ({
  layouts: ({ operator: { axes, keepDimensions } }, [held]) => {
    const reads = axes.length >= 3 ? held! : "plain";
    return { reads: [reads], writes: keepDimensions ? reads : "plain" };
  },
  compute: ([x], { operator: { axes, keepDimensions } }, { tf }, { reads }) =>
    reduce(
      tf,
      how,
      x!,
      axes.map((axis) => reads[0] === "images" ? axisOfImages[axis]! : axis),
      keepDimensions,
    ),
});

/** Kernels of the reductions. */
export const reductionKernels: Kernels<Reduction | "argMax"> = {
  reduceSum: reduction("sum"),
  reduceMean: reduction("mean"),
  reduceMax: reduction("max"),
  argMax: plain(([x], { operator }, { tf }) => tf.argMax(x!, operator.axis)),
};

/**
 * Reduces one axis after the other, the last first.
 *
 * The library's sums on WebAssembly add one element after the other in 32 bits:
 * the mean of 65 536 times 0.1 comes to 0.10006. Sums of sums round as little as
 * other engines' do (0.0999999), and take half the time.
 *
 * @param tf The library.
 * @param how Which reduction.
 * @param x The tensor.
 * @param axes Of none, the result is the tensor itself.
 * @param keepDimensions Whether they stay, at size 1. Default: false.
 * @returns The reduced tensor.
 */
export const reduce = (
  tf: Tf,
  how: "sum" | "mean" | "max",
  x: TfTensor,
  axes: readonly number[],
  keepDimensions = false,
): TfTensor =>
  axes
    .toSorted((a, b) => b - a)
    .reduce((x, axis) => tf[how](x, [axis], keepDimensions), x);
