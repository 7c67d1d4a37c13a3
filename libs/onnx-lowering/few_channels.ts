/**
 * Convolutions of few channels by a constant filter, such as those of Sobel, in
 * parts of the batch that fit the cache.
 *
 * ONNX Runtime convolves them in blocks of channels, the rest of which are
 * zeros: with 16 channels in a block, the grey images of a batch are written
 * and read as 16 times as many numbers. In parts these never leave the cache.
 * The sums are those of its own convolution in blocks.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { convolveInBlocks } from "./blocked.ts";
import { byParts, equalParts } from "./by_parts.ts";
import type { Lowering, ValueOf } from "./lowering.ts";

/**
 * Adds the nodes of a convolution by parts.
 *
 * @param convolution The convolution.
 * @param to Where it is lowered to.
 * @param bias Name of what is added to every channel. Default: nothing.
 * @returns Name of its result; undefined when its filter changes, when its
 * channels or filters make a block, or when the batch is one part.
 */
export const convolveFewChannels = (
  { operator: { geometry }, inputs: [x, filter], shape }: ValueOf<
    "convolution"
  >,
  to: Lowering,
  bias?: string,
): string | undefined => {
  const { block } = to;
  const [filters, channels, ...kernel] = filter!.shape;
  const isFew = block !== undefined && geometry.groups === 1 &&
    to.isConstant(filter!) && filters! < block && channels! < block;
  if (!isFew) return undefined;
  const [batch, , height, width] = shape;
  const parts = equalParts(batch!, block * height! * width!, mostInCache);
  if (parts === 1) return undefined;
  const blocks = {
    filter: inBlock(to.tensor(filter!), filter!.shape, block, to),
    bias: bias && padded(bias, [block - filters!], to),
  };
  const part = ([, ...each]: Shape) => [batch! / parts, ...each];
  const [y] = byParts(
    parts,
    [{ tensor: to.tensor(x!), shape: part(x!.shape) }],
    [{ shape: part(shape) }],
    ([images]) => [
      convolveInBlocks({
        ...geometry,
        ...blocks,
        images: images!,
        filters: filters!,
        kernel,
      }, to),
    ],
    to,
  );
  return to.node("Reshape", [y!, to.integers(shape)]);
};

/** Elements of a part in blocks: 4 MB. */
const mostInCache = 2 ** 20;

/** The filter of a block, `[c, kernelHeight, kernelWidth, block]` in memory. */
const inBlock = (
  filter: string,
  [filters, ...each]: Shape,
  block: number,
  to: Lowering,
): string => {
  const all = padded(filter, [block - filters!, ...each.map(() => 0)], to);
  const rows = to.node("Reshape", [all, to.integers([block, -1])]);
  const columns = to.node("Transpose", [rows], { perm: { ints: [1, 0] } });
  return to.node("Reshape", [columns, to.integers([block, ...each])]);
};

/** A constant with zeros behind it, along each axis so many. */
const padded = (
  constant: string,
  behind: readonly number[],
  to: Lowering,
): string =>
  to.node("Pad", [constant, to.integers([...behind.map(() => 0), ...behind])]);
