/**
 * Convolution and its two gradients in ONNX.
 *
 * @module
 */
import type { Convolution, Value } from "@deepcluster/graph";
import type { Attributes } from "@deepcluster/onnx-format";
import {
  blockedFilter,
  blockedFlippedFilter,
  convolveBlocked,
} from "./blocked.ts";
import { convolveFewChannels } from "./few_channels.ts";
import { filterGradient } from "./filter_gradient.ts";
import { conv } from "./gpu/conv.ts";
import type { Lowering, Lowerings, ValueOf } from "./lowering.ts";
import { winogradConvolution, winogradGradient } from "./winograd.ts";
import { winogradPlan } from "./winograd_plan.ts";

/** Lowerings of convolution and of its gradients. */
export const convolutionLowerings: Lowerings<
  | "convolution"
  | "convolutionInputGradient"
  | "convolutionFilterGradient"
> = {
  convolution: (value, to) => convolve(value, to),
  convolutionInputGradient: (value, to) => {
    const { operator: { geometry, inputShape }, inputs: [filter, dy] } = value;
    const plan = winogradPlan(
      { images: inputShape, filter: filter!.shape, results: dy!.shape },
      geometry,
      to,
    );
    if (plan !== undefined) return winogradGradient(plan, value, to);
    return isConvolution(value)
      ? byConvolution(value, to)
      : byTransposedConvolution(value, to);
  },
  convolutionFilterGradient: filterGradient,
};

/**
 * Adds the node of a convolution.
 *
 * @param convolution The convolution.
 * @param to Where it is lowered to.
 * @param bias Name of what is added to every channel, `[f]`. Default: nothing.
 * @returns Name of its result.
 */
export const convolve = (
  convolution: ValueOf<"convolution">,
  to: Lowering,
  bias?: string,
): string => {
  const { operator: { geometry }, inputs: [x, filter] } = convolution;
  const shapes = {
    images: x!.shape,
    filter: filter!.shape,
    results: convolution.shape,
  };
  const plan = winogradPlan(shapes, geometry, to);
  if (plan !== undefined) {
    return winogradConvolution(plan, x!, filter!, to, bias);
  }
  const images = to.tensor(x!);
  const few = convolveFewChannels(convolution, to, bias);
  if (few !== undefined) return few;
  const block = blockFor(filter!, geometry.groups, to);
  if (block !== undefined) {
    return convolveBlocked({
      ...geometry,
      images,
      filter: blockedFilter(to.tensor(filter!), filter!.shape, block, to),
      bias,
      filters: filter!.shape[0]!,
      kernel: filter!.shape.slice(2),
    }, to);
  }
  return conv({ images, filter: to.tensor(filter!), bias }, {
    filterShape: filter!.shape,
    groups: geometry.groups,
    attributes: geometryAttributes(geometry),
  }, to);
};

/**
 * The size of a block where the convolution can go by whole ones. With a
 * constant filter ONNX Runtime does so by itself, once for all runs.
 */
const blockFor = (
  filter: Value,
  groups: number,
  to: Lowering,
): number | undefined => {
  const { block } = to;
  const [filters, channels] = filter.shape;
  const fits = block !== undefined && groups === 1 &&
    filters! % block === 0 && channels! % block === 0;
  return fits && !to.isConstant(filter) ? block : undefined;
};

const geometryAttributes = (
  { stride, padding, dilation }: Omit<Convolution, "groups">,
): Attributes => ({
  strides: { ints: stride },
  pads: { ints: [...padding, ...padding] },
  dilations: { ints: dilation },
});

type InputGradient = ValueOf<"convolutionInputGradient">;

/**
 * Whether the gradient is itself a convolution: no strides to be undone.
 *
 * @param value The gradient.
 * @returns True when {@link byConvolution} computes it.
 */
export const isConvolution = (value: InputGradient): boolean => {
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

/**
 * Adds the nodes of `dy` convolved with the flipped filter, channels in and out
 * swapped.
 *
 * @param value The gradient, see {@link isConvolution}.
 * @param to Where it is lowered to.
 * @returns Name of the gradient.
 */
export const byConvolution = (value: InputGradient, to: Lowering): string => {
  const { geometry } = value.operator;
  const [filter, dy] = value.inputs;
  const padding = outerPadding(value);
  const { groups, dilation } = geometry;
  const block = blockFor(filter!, groups, to);
  if (block !== undefined) {
    return convolveBlocked({
      images: to.tensor(dy!),
      filter: blockedFlippedFilter(
        to.tensor(filter!),
        filter!.shape,
        block,
        to,
      ),
      filters: filter!.shape[1]!,
      kernel: filter!.shape.slice(2),
      stride: [1, 1],
      padding,
      dilation,
    }, to);
  }
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
  return conv({ images: to.tensor(dy!), filter: swapped }, {
    filterShape: [groups * channels!, out! / groups, height!, width!],
    groups,
    attributes: {
      pads: { ints: [...padding, ...padding] },
      dilations: { ints: dilation },
    },
  }, to);

  function swapWithinGroups(sizes: readonly number[]): string {
    const grouped = to.node("Reshape", [flipped, to.integers(sizes)]);
    const transposed = to.node("Transpose", [grouped], {
      perm: { ints: [0, 2, 1, 3, 4] },
    });
    const shape = [groups * channels!, out! / groups, height!, width!];
    return to.node("Reshape", [transposed, to.integers(shape)]);
  }
};

/**
 * Adds the nodes of the general case; images wider than the last window
 * reached get zeros.
 *
 * @param value The gradient.
 * @param to Where it is lowered to.
 * @param weights Name of the filter. Default: that of the gradient.
 * @returns Name of the gradient.
 */
export const byTransposedConvolution = (
  { operator: { geometry, inputShape }, inputs: [filter, dy] }: InputGradient,
  to: Lowering,
  weights: string = to.tensor(filter!),
): string => {
  const { stride, padding, dilation } = geometry;
  const beyond = [0, 1].map((axis) =>
    inputShape[axis + 2]! + 2 * padding[axis]! -
    (dy!.shape[axis + 2]! - 1) * stride[axis]! -
    dilation[axis]! * (filter!.shape[axis + 2]! - 1) - 1
  );
  return to.node("ConvTranspose", [to.tensor(dy!), weights], {
    ...geometryAttributes(geometry),
    group: { i: geometry.groups },
    output_padding: { ints: beyond },
  });
};
