/**
 * The ONNX operator `Conv`, around what ONNX Runtime's provider for WebGPU gets
 * wrong without a word (1.30; https://github.com/microsoft/onnxruntime/issues/29651
 * is one of the two).
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import type { Attributes } from "@deepcluster/onnx-format";
import type { Lowering } from "../lowering.ts";

/** Names of what is convolved. */
interface Operands {
  readonly images: string;
  readonly filter: string;
  /** Added to every channel, `[filters]`. Default: nothing. */
  readonly bias?: string | undefined;
}

/** What the provider's mistakes depend on. */
interface Sizes {
  /** `[filters, channels / groups, height, width]` */
  readonly filterShape: Shape;
  readonly groups: number;
}

/** How it is convolved. */
interface Settings extends Sizes {
  /** Of the node, without the groups. */
  readonly attributes: Attributes;
}

/**
 * Adds the node of a convolution, on a GPU as many as its provider needs.
 *
 * @param operands Names of images, filter and bias.
 * @param settings Sizes, groups and the node's other attributes.
 * @param to Where it is lowered to.
 * @returns Name of the result.
 */
export const conv = (
  operands: Operands,
  settings: Settings,
  to: Lowering,
): string => {
  if (to.onGpu && misreadsChannels(settings)) {
    return node(withMoreChannels(operands, settings, to), settings, to);
  }
  return to.onGpu && mixesGroups(settings)
    ? byGroups(operands, settings, to)
    : node(operands, settings, to);
};

/**
 * Whether WebGPU computes a convolution wrongly, unless {@link conv} writes it
 * otherwise.
 *
 * @param settings Sizes of its filter, and its groups.
 * @returns True when every result may be wrong.
 */
export const isWrongOnGpu = (
  settings: Sizes,
): boolean => misreadsChannels(settings) || mixesGroups(settings);

const node = (
  { images, filter, bias }: Operands,
  { groups, attributes }: Settings,
  to: Lowering,
): string =>
  to.node("Conv", [images, filter, ...bias === undefined ? [] : [bias]], {
    ...attributes,
    group: { i: groups },
  });

/**
 * Three channels are read at once where their number is a multiple of 3 and
 * not of 4, and that of the filters one of 4; but beyond the first three they
 * are the wrong ones.
 */
const misreadsChannels = (
  { filterShape: [filters, channels], groups }: Sizes,
): boolean =>
  groups === 1 && channels! > 3 && channels! % 3 === 0 &&
  channels! % 4 !== 0 && filters! % 4 === 0;

/** Zeros for channels, up to a multiple of 4. */
const withMoreChannels = (
  { images, filter, bias }: Operands,
  { filterShape: [, channels] }: Settings,
  to: Lowering,
): Operands => {
  const missing = to.integers([0, 0, 0, 0, 0, 4 - channels! % 4, 0, 0]);
  return {
    images: to.node("Pad", [images, missing]),
    filter: to.node("Pad", [filter, missing]),
    bias,
  };
};

/**
 * As many filters are computed at once as their number divides by, of 4, 2 and
 * 1, also where they belong to different groups.
 */
const mixesGroups = (
  { filterShape: [filters], groups }: Sizes,
): boolean => {
  const atOnce = [4, 2, 1].find((count) => filters! % count === 0)!;
  const each = filters! / groups;
  return groups > 1 && each >= 4 && each % atOnce !== 0;
};

/** A convolution for each group. */
const byGroups = (
  { images, filter, bias }: Operands,
  { filterShape, groups, attributes }: Settings,
  to: Lowering,
): string => {
  const [filters, channels, ...kernel] = filterShape;
  const each = filters! / groups;
  const cut = (tensor: string, axis: number, size: number, group: number) =>
    to.node("Slice", [
      tensor,
      to.integers([group * size]),
      to.integers([(group + 1) * size]),
      to.integers([axis]),
    ]);
  const results = Array.from({ length: groups }, (_, group) =>
    conv({
      images: cut(images, 1, channels!, group),
      filter: cut(filter, 0, each, group),
      bias: bias && cut(bias, 0, each, group),
    }, {
      filterShape: [each, channels!, ...kernel],
      groups: 1,
      attributes,
    }, to));
  return to.node("Concat", results, { axis: { i: 1 } });
};
