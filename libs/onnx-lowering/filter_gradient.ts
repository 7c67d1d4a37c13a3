/**
 * The gradient of a convolution with respect to its filter in ONNX, which has
 * no operator for it.
 *
 * Three ways, measured on 2 cores. Where what all taps see takes little memory,
 * one product of it and `dy`. Otherwise, for many channels, images as
 * `[c, h, n, w]` are cut once for every tap of the filter, first by columns and
 * then by rows, and each cut is multiplied with `dy` as `[f, h * n * w]`:
 * products at the rate of large ones, and a sixth of the time for the cuts. For
 * few channels under a large filter, such as a first layer, images and `dy`
 * with batch and channels swapped are convolved, stride and dilation swapped
 * too.
 *
 * @module
 */
import {
  filterGradientByOneProduct,
  isOneProduct,
} from "./filter_gradient_product.ts";
import { conv } from "./gpu/conv.ts";
import type { Lowering, ValueOf } from "./lowering.ts";
import { winogradGradient } from "./winograd.ts";
import { winogradPlan } from "./winograd_plan.ts";

type FilterGradient = ValueOf<"convolutionFilterGradient">;

/**
 * Adds the nodes of a filter gradient.
 *
 * Of the last two ways, which read `dy` once a tap and once a channel, the
 * cheaper is taken.
 *
 * @param value The gradient.
 * @param to Where it is lowered to.
 * @returns Name of the gradient.
 */
export const filterGradient = (value: FilterGradient, to: Lowering): string => {
  const { geometry, filterShape } = value.operator;
  const [x, dy] = value.inputs;
  const plan = winogradPlan(
    { images: x!.shape, filter: filterShape, results: dy!.shape },
    geometry,
    to,
  );
  if (plan !== undefined) return winogradGradient(plan, value, to);
  if (isOneProduct(value)) return filterGradientByOneProduct(value, to);
  const [, channels, height, width] = filterShape;
  const taps = height! * width!;
  return channels! > taps && geometry.groups * taps <= mostProducts
    ? byProducts(value, to)
    : filterGradientByConvolution(value, to);
};

/** More nodes than this for one gradient cost more than they gain. */
const mostProducts = 128;

const swapBatchAndChannels = { perm: { ints: [1, 0, 2, 3] } };

/**
 * Adds the nodes of a filter gradient by one convolution.
 *
 * @param value The gradient.
 * @param to Where it is lowered to.
 * @returns Name of the gradient.
 */
export const filterGradientByConvolution = (
  value: FilterGradient,
  to: Lowering,
): string => {
  const { geometry, filterShape } = value.operator;
  const [x, dy] = value.inputs;
  const [, channels, height, width] = filterShape;
  const { stride, padding, dilation, groups } = geometry;
  const [n, , imageHeight, imageWidth] = x!.shape;
  const images = groups === 1
    ? to.node("Transpose", [to.tensor(x!)], swapBatchAndChannels)
    : groupsAsChannels(to.tensor(x!));
  const asFilter = to.node("Transpose", [to.tensor(dy!)], swapBatchAndChannels);
  const swapped = conv({ images, filter: asFilter }, {
    filterShape: [filterShape[0]!, n!, ...dy!.shape.slice(2)],
    groups,
    attributes: {
      strides: { ints: dilation },
      pads: { ints: [...padding, ...padding] },
      dilations: { ints: stride },
    },
  }, to);
  const gradient = to.node("Transpose", [swapped], swapBatchAndChannels);
  return reachesFurther()
    ? to.node("Slice", [
      gradient,
      to.integers([0, 0]),
      to.integers([height!, width!]),
      to.integers([2, 3]),
    ])
    : gradient;

  /** `[n, groups * c, h, w]` as `[c, groups * n, h, w]`. */
  function groupsAsChannels(images: string): string {
    const sizes = [n!, groups, channels!, imageHeight!, imageWidth!];
    const grouped = to.node("Reshape", [images, to.integers(sizes)]);
    const transposed = to.node("Transpose", [grouped], {
      perm: { ints: [2, 1, 0, 3, 4] },
    });
    const shape = [channels!, groups * n!, imageHeight!, imageWidth!];
    return to.node("Reshape", [transposed, to.integers(shape)]);
  }

  /** Whether the swapped convolution has taps that the filter has not. */
  function reachesFurther(): boolean {
    return [0, 1].some((axis) => {
      const room = x!.shape[axis + 2]! + 2 * padding[axis]! -
        stride[axis]! * (dy!.shape[axis + 2]! - 1) - 1;
      const taps = Math.floor(room / dilation[axis]!) + 1;
      return taps > filterShape[axis + 2]!;
    });
  }
};

const byProducts = (value: FilterGradient, to: Lowering): string => {
  const { filterShape, geometry: { groups } } = value.operator;
  const [filters, channels, height, width] = filterShape;
  const [, dy] = value.inputs;
  const transposed = to.node("Transpose", [to.tensor(dy!)], rowsFirst);
  const rows = to.node("Reshape", [transposed, to.integers([filters!, -1])]);
  const each = filters! / groups;
  const grouped = Array.from(
    { length: groups },
    (_, group) =>
      groups === 1 ? rows : to.node("Slice", [
        rows,
        to.integers([group * each]),
        to.integers([(group + 1) * each]),
        to.integers([0]),
      ]),
  );
  const columns = columnsOf(value, to);
  const taps = height! * width!;
  const join = (parts: readonly string[], axis: number) =>
    parts.length === 1
      ? parts[0]!
      : to.node("Concat", parts, { axis: { i: axis } });
  const products = grouped.map((rows, group) =>
    join(
      Array.from({ length: taps }, (_, tap) => {
        const cut = cutOf(value, columns[tap % width!]!, tap, group, to);
        return to.node("Gemm", [rows, cut], { transB: { i: 1 } });
      }),
      1,
    )
  );
  const byTap = to.node("Reshape", [
    join(products, 0),
    to.integers([filters!, taps, channels!]),
  ]);
  const byFilter = to.node("Transpose", [byTap], { perm: { ints: [0, 2, 1] } });
  return to.node("Reshape", [byFilter, to.integers(filterShape)]);
};

/** `[n, c, h, w]` as `[c, h, n, w]`. */
const rowsFirst = { perm: { ints: [1, 2, 0, 3] } };

/**
 * What each column of taps sees of the padded images, `[c, h, n, w]`: a cut
 * of rows is then one long copy for every channel.
 */
const columnsOf = (value: FilterGradient, to: Lowering): readonly string[] => {
  const [x, dy] = value.inputs;
  const { geometry, filterShape: [, , , width] } = value.operator;
  const { padding: [top, left], stride, dilation } = geometry;
  const images = to.node("Transpose", [to.tensor(x!)], rowsFirst);
  const pads = [0, top, 0, left, 0, top, 0, left];
  const padded = top + left === 0
    ? images
    : to.node("Pad", [images, to.integers(pads)]);
  return Array.from({ length: width! }, (_, column) => {
    const first = column * dilation[1];
    const last = first + (dy!.shape[3]! - 1) * stride[1];
    return to.node("Slice", [
      padded,
      to.integers([first]),
      to.integers([last + 1]),
      to.integers([3]),
      to.integers([stride[1]]),
    ]);
  });
};

/** What one tap sees of the images of one group, `[c / groups, h * n * w]`. */
const cutOf = (
  value: FilterGradient,
  column: string,
  tap: number,
  group: number,
  to: Lowering,
): string => {
  const { geometry: { stride, dilation }, filterShape } = value.operator;
  const [, channels, , width] = filterShape;
  const first = Math.floor(tap / width!) * dilation[0];
  const last = first + (value.inputs[1]!.shape[2]! - 1) * stride[0];
  const cut = to.node("Slice", [
    column,
    to.integers([group * channels!, first]),
    to.integers([(group + 1) * channels!, last + 1]),
    to.integers([0, 1]),
    to.integers([1, stride[0]]),
  ]);
  return to.node("Reshape", [cut, to.integers([channels!, -1])]);
};
