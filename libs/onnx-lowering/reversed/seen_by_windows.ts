/**
 * What the taps of a first block's filter see of its images from each window of
 * its pooling, and the moments of that.
 *
 * @module
 */
import { intTensor } from "@deepcluster/core";
import type { NormalizedBlock } from "@deepcluster/graph/rewrites";
import type { Lowering } from "../lowering.ts";
import { batchLast } from "../taps.ts";
import { product } from "../winograd_transforms.ts";
import { indices, type Maps, pairs, range, sumOfRows } from "./layout.ts";
import { reshape } from "../shape_operators.ts";
import { heightOf } from "./row_order.ts";

/** Sizes of a first block. */
export interface BlockSizes {
  /** Images. */
  readonly n: number;
  /** Filters. */
  readonly filters: number;
  /** Channels of the images. */
  readonly channels: number;
  /** Height of a filter. */
  readonly high: number;
  /** Width of a filter. */
  readonly wide: number;
  /** Taps of a filter, in all channels. */
  readonly taps: number;
  /** Positions that the taps see from one window of the pooling. */
  readonly positions: number;
  /** Windows below each other. */
  readonly down: number;
  /** Windows beside each other. */
  readonly right: number;
}

/**
 * Returns the sizes of a block.
 *
 * @param block The block.
 * @returns See {@link BlockSizes}.
 */
export const sizesOf = ({ convolved }: NormalizedBlock): BlockSizes => {
  const [filters, channels, high, wide] = convolved.inputs[1]!.shape as Maps;
  const [n, , height, width] = convolved.shape as Maps;
  return {
    n,
    filters,
    channels,
    high,
    wide,
    taps: channels * high * wide,
    positions: channels * (high + 1) * (wide + 1),
    down: height / 2,
    right: width / 2,
  };
};

/** What the taps see of the centred images. */
export interface Seen {
  /** Name of what they see from each window, `[windows, positions, n]`. */
  readonly seen: string;
  /** Name of the mean of every channel, which was subtracted, `[c, 1]`. */
  readonly ofChannels: string;
}

/**
 * Adds the nodes that copy what the taps see of the centred images.
 *
 * @param block The block.
 * @param to Where it is lowered to.
 * @returns See {@link Seen}.
 */
export const seenByWindows = (block: NormalizedBlock, to: Lowering): Seen =>
  to.once(block.normalized, "seen by windows", () => {
    const { convolved: { inputs: [x] } } = block;
    const { n, channels, positions, down, right } = sizesOf(block);
    const planes = reshape(batchLast(x!, to), [channels, -1], to);
    const ofChannels = to.node("ReduceMean", [planes, to.integers([1])]);
    const centred = to.node("Sub", [planes, ofChannels]);
    const zeros = to.node("Expand", [
      to.node("Neg", [ofChannels]),
      to.integers([channels, n]),
    ]);
    const rows = to.node("Concat", [reshape(centred, [-1, n], to), zeros], {
      axis: { i: 0 },
    });
    const { geometry } = block.convolved.operator;
    const key = `${x!.shape.slice(1)} ${block.convolved.inputs[1]!.shape} ${
      JSON.stringify(geometry)
    }`;
    const seen = to.node("Gather", [
      rows,
      to.constant(`windows of ${key}`, () => indices(rowsSeen(block))),
    ]);
    return {
      ofChannels,
      seen: reshape(seen, [down * right, positions, n], to),
    };
  });

/** The row of each position of each window; that of its channel in padding. */
const rowsSeen = (block: NormalizedBlock): readonly number[] => {
  const { operator: { geometry: { padding } }, inputs: [x] } = block.convolved;
  const { channels, high, wide, down, right } = sizesOf(block);
  const [, , height, width] = x!.shape as Maps;
  return pairs(right, down).flatMap(([windowX, row]) =>
    range(channels).flatMap((channel) =>
      pairs(high + 1, wide + 1).map(([i, j]) => {
        const y = 2 * heightOf(row, down) + i - padding[0];
        const x = 2 * windowX + j - padding[1];
        return y < 0 || x < 0 || y >= height || x >= width
          ? channels * height * width + channel
          : (channel * height + y) * width + x;
      })
    )
  );
};

/** Moments of what the taps see of the centred images. */
export interface Moments extends Pick<Seen, "ofChannels"> {
  /** Name of the mean of each tap, `[taps]`. */
  readonly means: string;
  /** Name of the covariance of each pair of taps, `[taps, taps]`. */
  readonly covariances: string;
}

/**
 * Adds the nodes of the moments of the taps.
 *
 * @param block The block.
 * @param to Where it is lowered to.
 * @returns See {@link Moments}.
 */
export const momentsOf = (block: NormalizedBlock, to: Lowering): Moments =>
  to.once(block.normalized, "moments", () => {
    const { n, taps, positions, down, right } = sizesOf(block);
    const { seen, ofChannels } = seenByWindows(block, to);
    const count = to.scalar(1 / (4 * down * right * n));
    const each = positionsOfTaps(block);
    const meanOver = (sums: string, name: string, rows: readonly number[]) => {
      const places = to.node("Gather", [
        sums,
        to.constant(
          `${name} ${sizesKey(block)}`,
          () => intTensor([4, rows.length / 4], Int32Array.from(rows)),
        ),
      ]);
      const sum = to.node("ReduceSum", [places, to.integers([0])]);
      return to.node("Mul", [sum, count]);
    };
    const bySide = sumOfWindows(seen, block, to);
    const sums = to.node("ReduceSum", [
      reshape(bySide, [positions, n], to),
      to.integers([1]),
    ]);
    const means = meanOver(reshape(sums, [-1], to), "taps", each.flat());
    const products = to.node(product, [seen, seen], { transB: { i: 1 } });
    const squares = meanOver(
      sumOfWindows(products, block, to),
      "pairs of taps",
      each.flatMap((at) => at.flatMap((a) => at.map((b) => a * positions + b))),
    );
    const ofMeans = to.node("Mul", [
      reshape(means, [taps, 1], to),
      reshape(means, [1, taps], to),
    ]);
    const covariances = to.node("Sub", [
      reshape(squares, [taps, taps], to),
      ofMeans,
    ]);
    return { means, covariances, ofChannels };
  });

/**
 * Names the sizes of a block's filter, for constants that follow from them.
 *
 * @param block The block.
 * @returns The name.
 */
export const sizesKey = ({ convolved }: NormalizedBlock): string =>
  convolved.inputs[1]!.shape.slice(1).join("x");

/**
 * Lists at which position of a window each tap stands, for its four places: upper
 * left and right, lower left and right.
 *
 * @param block The block.
 * @returns The positions of all taps, by place.
 */
export const positionsOfTaps = (
  block: NormalizedBlock,
): readonly (readonly number[])[] => {
  const { channels, high, wide } = sizesOf(block);
  return pairs(2, 2).map(([down, right]) =>
    range(channels).flatMap((channel) =>
      pairs(high, wide).map(([i, j]) =>
        (channel * (high + 1) + down + i) * (wide + 1) + right + j
      )
    )
  );
};

/**
 * Adds the nodes that sum what each window has, column by column of windows.
 *
 * @param tensor Name of a tensor `[windows, …]`.
 * @param block The block.
 * @param to Where it is lowered to.
 * @returns Name of the sums as one vector.
 */
export const sumOfWindows = (
  tensor: string,
  block: NormalizedBlock,
  to: Lowering,
): string => {
  const { down, right } = sizesOf(block);
  const sums = sumOfRows(sumOfRows(tensor, right, to), down, to);
  return reshape(sums, [-1], to);
};
