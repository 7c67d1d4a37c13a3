/**
 * Reductions in TensorFlow.js.
 *
 * @module
 */
import { axisOfImages, type Kernel, type Kernels, plain } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

type Reduction = "reduceSum" | "reduceMean" | "reduceMax";

type Reduce = (tf: Tf, x: TfTensor, axes: number[], keep: boolean) => TfTensor;

/** A kernel that reads images as they lie, where at most one axis is left. */
const reduction = (reduce: Reduce): Kernel<Reduction> => ({
  layouts: ({ operator: { axes, keepDimensions } }, [held]) => {
    const reads = axes.length >= 3 ? held! : "plain";
    return { reads: [reads], writes: keepDimensions ? reads : "plain" };
  },
  compute: ([x], { operator: { axes, keepDimensions } }, { tf }, { reads }) =>
    inTurn(reduce)(
      tf,
      x!,
      axes.map((axis) => reads[0] === "images" ? axisOfImages[axis]! : axis),
      keepDimensions,
    ),
});

/**
 * Reduces one axis after the other, the last first. WebAssembly adds one
 * element after the other in 32 bits: sums of sums round less.
 *
 * @param reduce Sum, mean or maximum of the library.
 * @returns The same, axis by axis; of no axes the tensor itself.
 */
export const inTurn =
  (reduce: Reduce): Reduce => (tf, x, axes, keepDimensions) =>
    axes
      .toSorted((a, b) => b - a)
      .reduce((x, axis) => reduce(tf, x, [axis], keepDimensions), x);

/** Kernels of the reductions. */
export const reductionKernels: Kernels<Reduction | "argMax"> = {
  reduceSum: reduction((tf, x, axes, keep) => tf.sum(x, axes, keep)),
  reduceMean: reduction((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  reduceMax: reduction((tf, x, axes, keep) => tf.max(x, axes, keep)),
  argMax: plain(([x], { operator }, { tf }) => tf.argMax(x!, operator.axis)),
};
