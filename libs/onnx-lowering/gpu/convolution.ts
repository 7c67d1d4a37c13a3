/**
 * Gradients of convolutions for a GPU.
 *
 * @module
 */
import {
  byConvolution,
  byTransposedConvolution,
  isConvolution,
} from "../convolution.ts";
import type { Lowering, Lowerings, ValueOf } from "../lowering.ts";
import { gpuFilterGradient } from "./filter_gradient.ts";

/** Lowerings of the gradients of convolutions. */
export const gpuConvolutionLowerings: Lowerings<
  "convolutionInputGradient" | "convolutionFilterGradient"
> = {
  convolutionInputGradient: (value, to) => {
    if (isConvolution(value)) return byConvolution(value, to);
    const { operator: { geometry: { groups } }, inputs: [filter] } = value;
    return groups > 1 && filter!.shape[1] === 1
      ? withTwoChannelsAGroup(value, to)
      : byTransposedConvolution(value, to);
  },
  convolutionFilterGradient: gpuFilterGradient,
};

/**
 * Transposed convolution where groups have one channel each: a second one, of
 * zeros, is added to each and left out again.
 *
 * ONNX Runtime 1.30 on WebGPU gives wrong values for every group but the first
 * where `dy` has an even number of channels a group and the result one.
 */
const withTwoChannelsAGroup = (
  value: ValueOf<"convolutionInputGradient">,
  to: Lowering,
): string => {
  const [filter] = value.inputs;
  const padded = to.node("Pad", [
    to.tensor(filter!),
    to.integers([0, 0, 0, 0, 0, 1, 0, 0]),
  ]);
  return to.node("Slice", [
    byTransposedConvolution(value, to, padded),
    to.integers([0]),
    to.integers([2 * value.operator.geometry.groups]),
    to.integers([1]),
    to.integers([2]),
  ]);
};
