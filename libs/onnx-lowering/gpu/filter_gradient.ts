/**
 * The gradient of a convolution with respect to its filter for a GPU: one
 * convolution of the images by `dy`, batch and channels swapped, stride and
 * dilation too.
 *
 * Its result has one row of numbers for each tap of the filter; nine are few for
 * a kernel that computes 32 rows at once. With channels last, images are also
 * images of one channel whose columns hold the channels side by side. Convolved
 * with as much distance between columns, all channels of all taps are rows of
 * one product.
 *
 * @module
 */
import { filterGradientByConvolution } from "../filter_gradient.ts";
import type { Lowering, ValueOf } from "../lowering.ts";
import { channelsLast } from "./channels_last.ts";
import { conv } from "./conv.ts";

type FilterGradient = ValueOf<"convolutionFilterGradient">;

/**
 * Adds the nodes of a filter gradient.
 *
 * @param value The gradient.
 * @param to Where it is lowered to.
 * @returns Name of the gradient.
 */
export const gpuFilterGradient = (
  value: FilterGradient,
  to: Lowering,
): string => {
  const { geometry: { groups, dilation }, filterShape } = value.operator;
  const [, , height, width] = filterShape;
  const isPossible = groups === 1 && dilation.every((step) => step === 1);
  return isPossible && height! * width! <= fewTaps
    ? channelsInColumns(value, to)
    : filterGradientByConvolution(value, to);
};

/**
 * Fewer leave at least half of 32 rows empty. On SwiftShader 3x3 taps of 64
 * channels take less than half the time in columns, 11x11 twice the time.
 */
const fewTaps = 16;

const channelsInColumns = (value: FilterGradient, to: Lowering): string => {
  const { geometry: { stride, padding }, filterShape } = value.operator;
  const [x, dy] = value.inputs;
  const [n, channels, rows, columns] = x!.shape;
  const [, filters, ...windows] = dy!.shape;
  const images = to.node("Reshape", [
    channelsLast(to.tensor(x!), to),
    to.integers([1, n!, rows!, columns! * channels!]),
  ]);
  const filter = to.node("Transpose", [to.tensor(dy!)], {
    perm: { ints: [1, 0, 2, 3] },
  });
  const pads = [padding[0], padding[1] * channels!];
  const products = conv({ images, filter }, {
    filterShape: [filters!, n!, ...windows],
    groups: 1,
    attributes: {
      pads: { ints: [...pads, ...pads] },
      dilations: { ints: [stride[0], stride[1] * channels!] },
    },
  }, to);
  // Taps beyond the filter's, where the last window leaves some of the image.
  const taps = [rows!, columns!].map((size, axis) =>
    size + 2 * padding[axis]! - stride[axis]! * (windows[axis]! - 1)
  );
  const byTap = to.node("Reshape", [
    channelsLast(products, to),
    to.integers([...taps, channels!, filters!]),
  ]);
  const [, , height, width] = filterShape;
  const within = taps[0] === height && taps[1] === width
    ? byTap
    : to.node("Slice", [
      byTap,
      to.integers([0, 0]),
      to.integers([height!, width!]),
      to.integers([0, 1]),
    ]);
  return to.node("Transpose", [within], { perm: { ints: [3, 2, 0, 1] } });
};
