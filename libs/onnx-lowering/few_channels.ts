/**
 * Convolutions of few channels by a constant filter, such as those of Sobel, in
 * parts of the batch that fit the cache.
 *
 * ONNX Runtime convolves them in blocks of channels, the rest of which are
 * zeros: with 16 channels in a block, the grey images of a batch are written
 * and read as 16 times as many numbers. Here the channels of a block are several
 * rows of the result, each by the filter moved down to it, and parts never leave
 * the cache. The sums are those of its own convolution in blocks, but for zeros
 * that are added.
 *
 * @module
 */
import { intTensor, type Shape, sizeOf } from "@deepcluster/core";
import { convolveInBlocks } from "./blocked.ts";
import { byParts, equalParts, mostInCache } from "./by_parts.ts";
import type { Lowering, ValueOf } from "./lowering.ts";
import { reshape } from "./shape_operators.ts";

/**
 * Adds the nodes of a convolution by parts.
 *
 * @param convolution The convolution.
 * @param to Where it is lowered to.
 * @param bias Name of what is added to every channel. Default: nothing.
 * @returns Name of its result; undefined when its filter changes, when its
 * channels or filters make a block, or when the batch fits the cache in blocks.
 */
export const convolveFewChannels = (
  { operator: { geometry }, inputs: [x, filter], shape }: ValueOf<
    "convolution"
  >,
  to: Lowering,
  bias?: string,
): string | undefined => {
  const { block } = to;
  const [filters, channels, high, wide] = filter!.shape;
  const isFew = block !== undefined && geometry.groups === 1 &&
    to.isConstant(filter!) && filters! < block && channels! < block;
  if (!isFew) return undefined;
  const [batch, , height, width] = shape;
  const inBlocks = block * height! * width!;
  if (equalParts(batch!, inBlocks, mostInCache) === 1) return undefined;
  const [down, across] = geometry.stride;
  const together = geometry.dilation[0] === 1
    ? rowsTogether(height!, Math.floor(block / filters!))
    : 1;
  const parts = equalParts(batch!, inBlocks / together, mostInCache);
  const rows = { together, step: down };
  const outputs = filters! * together;
  const blocks = {
    filter: inBlock(
      filterOfRows(to.tensor(filter!), filter!.shape, rows, to),
      [channels!, high! + (together - 1) * down, wide!],
      block - outputs,
      to,
    ),
    bias: bias && padded(biasOfRows(bias, together, to), [block - outputs], to),
  };
  const part = ([, ...each]: Shape) => [batch! / parts, ...each];
  const [y] = byParts(
    parts,
    [{ tensor: to.tensor(x!), shape: part(x!.shape) }],
    [{ shape: part(shape) }],
    ([images]) => {
      const convolved = convolveInBlocks({
        ...geometry,
        ...blocks,
        stride: [together * down, across],
        images: images!,
        filters: outputs,
        kernel: [high! + (together - 1) * down, wide!],
      }, to);
      return [inOrder(convolved, part(shape), together, to)];
    },
    to,
  );
  return reshape(y!, shape, to);
};

/** The most rows that divide all of them. */
const rowsTogether = (height: number, most: number): number => {
  let rows = most;
  while (height % rows !== 0) rows--;
  return rows;
};

/** Rows of the result that are computed as channels. */
interface Rows {
  /** How many. */
  readonly together: number;
  /** How far the filter moves from one to the next. */
  readonly step: number;
}

/** The filter of each row, `[f * rows, c, …]`: the filter between zeros. */
const filterOfRows = (
  filter: string,
  [filters, channels, high, wide]: Shape,
  { together, step }: Rows,
  to: Lowering,
): string => {
  const beyond = (together - 1) * step;
  const each = Array.from({ length: together }, (_, row) => {
    const before = [0, 0, row * step, 0];
    const behind = [0, 0, beyond - row * step, 0];
    const moved = to.node("Pad", [filter, to.integers([...before, ...behind])]);
    return reshape(moved, [filters!, 1, channels!, high! + beyond, wide!], to);
  });
  return to.node("Concat", each, { axis: { i: 1 } });
};

/** The bias of each row. */
const biasOfRows = (bias: string, together: number, to: Lowering): string =>
  reshape(
    to.node("Expand", [reshape(bias, [-1, 1], to), to.integers([1, together])]),
    [-1],
    to,
  );

/** Rows that were channels as rows of `[n, f, h, w]`. */
const inOrder = (
  maps: string,
  [n, filters, height, width]: Shape,
  together: number,
  to: Lowering,
): string => {
  if (together === 1) return maps;
  const planes = n! * filters!;
  const order = to.constant(
    `${together} rows together of ${planes}x${height}`,
    () => {
      const each = height! / together;
      const rows = Int32Array.from({ length: planes * height! }, (_, i) => {
        const [plane, row] = [Math.floor(i / height!), i % height!];
        return (plane * together + row % together) * each +
          Math.floor(row / together);
      });
      return intTensor([n!, filters!, height!], rows);
    },
  );
  return to.node("Gather", [reshape(maps, [-1, width!], to), order]);
};

/** The filter of a block, `[c, kernelHeight, kernelWidth, block]` in memory. */
const inBlock = (
  filter: string,
  each: Shape,
  zeros: number,
  to: Lowering,
): string => {
  const rows = reshape(filter, [-1, sizeOf(each)], to);
  const all = padded(rows, [zeros, 0], to);
  const columns = to.node("Transpose", [all], { perm: { ints: [1, 0] } });
  return reshape(columns, [to.block!, ...each], to);
};

/** A constant with zeros behind it, along each axis so many. */
const padded = (
  constant: string,
  behind: readonly number[],
  to: Lowering,
): string =>
  to.node("Pad", [constant, to.integers([...behind.map(() => 0), ...behind])]);
