/**
 * Convolution and its two gradients in ONNX.
 *
 * @module
 */
import type { Convolution } from "@deepcluster/graph";
import { filterGradient } from "./filter_gradient.ts";
import type { Lowering, Lowerings, ValueOf } from "./lowering.ts";
import type { Attributes } from "./model.ts";

/** Lowerings of convolution and of its gradients. */
export const convolutionLowerings: Lowerings<
  | "convolution"
  | "convolutionInputGradient"
  | "convolutionFilterGradient"
> = {
  convolution: (value, to) => convolve(value, to),
  convolutionInputGradient: (value, to) =>
    isConvolution(value)
      ? byConvolution(value, to)
      : byTransposedConvolution(value, to),
  convolutionFilterGradient: filterGradient,
};

/**
 * Adds the node of a convolution.
 *
 * @param value The convolution.
 * @param to Where it is lowered to.
 * @param bias Name of what is added to every channel, `[channels]`; nothing
 * when absent.
 * @returns Name of its result.
 */
export const convolve = (
  { operator, inputs: [x, filter] }: ValueOf<"convolution">,
  to: Lowering,
  bias?: string,
): string =>
  to.node("Conv", [
    to.tensor(x!),
    to.tensor(filter!),
    ...bias === undefined ? [] : [bias],
  ], geometryAttributes(operator.geometry));

const geometryAttributes = (
  { stride, padding, dilation, groups }: Convolution,
): Attributes => ({
  strides: { ints: stride },
  pads: { ints: [...padding, ...padding] },
  dilations: { ints: dilation },
  group: { i: groups },
});

type InputGradient = ValueOf<"convolutionInputGradient">;

/** Whether the gradient is itself a convolution: no strides to be undone. */
const isConvolution = (value: InputGradient): boolean => {
  const { stride } = value.operator.geometry;
  return stride.every((step) => step === 1) &&
    outerPadding(value).every((zeros) => zeros >= 0);
};

/** Zeros around `dy` such that the flipped filter reaches all it touched. */
const outerPadding = (
  { operator: { geometry }, inputs: [filter] }: InputGradient,
): readonly number[] =>
  geometry.padding.map((zeros, axis) =>
    geometry.dilation[axis]! * (filter!.shape[axis + 2]! - 1) - zeros
  );

/** `dy` convolved with the flipped filter, channels in and out swapped. */
const byConvolution = (value: InputGradient, to: Lowering): string => {
  const { geometry } = value.operator;
  const [filter, dy] = value.inputs;
  const padding = outerPadding(value);
  const { groups } = geometry;
  const [out, channels, height, width] = filter!.shape;
  const flipped = to.node("Slice", [
    to.tensor(filter!),
    to.integers([-1, -1]),
    to.integers([-height! - 1, -width! - 1]),
    to.integers([2, 3]),
    to.integers([-1, -1]),
  ]);
  const swapped = groups === 1
    ? to.node("Transpose", [flipped], { perm: { ints: [1, 0, 2, 3] } })
    : swapWithinGroups([groups, out! / groups, channels!, height!, width!]);
  return to.node("Conv", [to.tensor(dy!), swapped], {
    pads: { ints: [...padding, ...padding] },
    dilations: { ints: geometry.dilation },
    group: { i: groups },
  });

  function swapWithinGroups(sizes: readonly number[]): string {
    const grouped = to.node("Reshape", [flipped, to.integers(sizes)]);
    const turned = to.node("Transpose", [grouped], {
      perm: { ints: [0, 2, 1, 3, 4] },
    });
    const shape = [groups * channels!, out! / groups, height!, width!];
    return to.node("Reshape", [turned, to.integers(shape)]);
  }
};

/** The general case; images wider than the last window reached get zeros. */
const byTransposedConvolution = (
  { operator: { geometry, inputShape }, inputs: [filter, dy] }: InputGradient,
  to: Lowering,
): string => {
  const { stride, padding, dilation } = geometry;
  const beyond = [0, 1].map((axis) =>
    inputShape[axis + 2]! + 2 * padding[axis]! -
    (dy!.shape[axis + 2]! - 1) * stride[axis]! -
    dilation[axis]! * (filter!.shape[axis + 2]! - 1) - 1
  );
  return to.node("ConvTranspose", [to.tensor(dy!), to.tensor(filter!)], {
    ...geometryAttributes(geometry),
    output_padding: { ints: beyond },
  });
};
