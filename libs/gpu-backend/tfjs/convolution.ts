/**
 * Convolution and its gradients in TensorFlow.js.
 *
 * Its backends convolve `[n, h, w, c]` with `[kh, kw, c, f]`, without groups:
 * these are taken one by one.
 *
 * @module
 */
import type { Convolution } from "@deepcluster/graph";
import { convolve } from "./convolve.ts";
import { filterGradient } from "./filter_gradient.ts";
import { inputGradient } from "./input_gradient.ts";
import { fixed, type Kernels } from "./kernel.ts";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/** Kernels of convolution and of its gradients. */
export const convolutionKernels: Kernels<
  | "convolution"
  | "convolutionInputGradient"
  | "convolutionFilterGradient"
> = {
  convolution: fixed(
    ["images", "plain"],
    "images",
    ([x, filter], { operator: { geometry } }, { tf }) =>
      byGroup(
        tf,
        geometry,
        [[x!, 3], [filter!, 0]],
        3,
        (x, filter) =>
          convolve(tf, x, tf.transpose(filter, [2, 3, 1, 0]), geometry),
      ),
  ),
  convolutionInputGradient: fixed(
    ["plain", "images"],
    "images",
    ([filter, dy], { operator: { geometry, inputShape } }, engine) => {
      const [, , height, width] = inputShape;
      const size = [height!, width!] as const;
      const operands = [[filter!, 0], [dy!, 3]] as const;
      return byGroup(
        engine.tf,
        geometry,
        operands,
        3,
        (filter, dy) => inputGradient(engine, filter, dy, size, geometry),
      );
    },
  ),
  convolutionFilterGradient: fixed(
    ["images", "images"],
    "plain",
    ([x, dy], { operator: { geometry, filterShape } }, engine) => {
      const [, , height, width] = filterShape;
      const size = [height!, width!] as const;
      const operands = [[x!, 3], [dy!, 3]] as const;
      return byGroup(
        engine.tf,
        geometry,
        operands,
        0,
        (x, dy) => filterGradient(engine, x, dy, size, geometry),
      );
    },
  ),
};

/** An operand, and its axis along which groups lie. */
type Grouped = readonly [TfTensor, number];

/** Splits both operands into groups, and joins the results along `axis`. */
const byGroup = (
  tf: Tf,
  { groups }: Convolution,
  [[a, alongA], [b, alongB]]: readonly [Grouped, Grouped],
  axis: number,
  compute: (a: TfTensor, b: TfTensor) => TfTensor,
): TfTensor => {
  if (groups === 1) return compute(a, b);
  const partsOfB = tf.split(b, groups, alongB);
  return tf.concat(
    tf.split(a, groups, alongA).map((a, group) => compute(a, partsOfB[group]!)),
    axis,
  );
};
