/**
 * Resizing of a region of an image, with antialiasing.
 *
 * By default a separable triangle filter whose support grows with the
 * reduction: what Pillow calls `BILINEAR` and torchvision's transforms do on
 * images. Pixels beyond the region are never read, as when the region is
 * cropped out first.
 *
 * Departure: Pillow rounds to integer grey levels after each of its two passes;
 * ours stays in floats, so results differ from Pillow's by at most one level.
 * `pillow_resample.ts` rounds as Pillow does.
 *
 * Reference: A. Clark et al., Pillow 9.4, `src/libImaging/Resample.c`.
 *
 * @module
 */
import type { Image } from "./image.ts";
import {
  type AxisWeights,
  axisWeights,
  endOf,
  type Interpolation,
  setWeights,
} from "./resampling_weights.ts";

/** Which part of an image is seen, and at what size. */
export interface View {
  /** First column of the region. */
  readonly left: number;
  /** First row of the region. */
  readonly top: number;
  /** Columns of the region; `left + width` is within the image. */
  readonly width: number;
  /** Rows of the region; `top + height` is within the image. */
  readonly height: number;
  /** Columns to which the region is resized. */
  readonly resizedWidth: number;
  /** Rows to which the region is resized. */
  readonly resizedHeight: number;
  /** First resized column that is kept. */
  readonly keptLeft: number;
  /** First resized row that is kept. */
  readonly keptTop: number;
  /** Whether columns are written from right to left. */
  readonly mirrored: boolean;
}

/** What becomes of a value `v` from 0 to 255: `v * scale + shift`. */
export interface ChannelScaling {
  /** Factor of each channel, red first. */
  readonly scale: readonly [number, number, number];
  /** What is added to each channel afterwards. */
  readonly shift: readonly [number, number, number];
}

/** Writes views of images as planes of floats; see {@link makeResampler}. */
export type Resampler = (
  image: Image,
  view: View,
  out: Float32Array,
  at: number,
) => void;

/**
 * Makes a function that resizes the `side * side` kept pixels of a view.
 *
 * It writes `[3, side, side]` floats to `out`, starting at `at`. A call costs
 * O(side * width + side²) times the filter's width, and allocates nothing once
 * its buffers have grown to the largest view seen.
 *
 * @param side Pixels across and down of what is written, at least 1.
 * @param scaling Applied to every value; the identity gives 0 to 255.
 * @param filter What weighs the pixels. Default: bilinear.
 * @returns The function.
 *
 * @example Halving a 2 × 2 image averages its pixels
 * ```ts
 * import { makeResampler, wholeView } from "@deepcluster/data";
 * import assert from "node:assert/strict";
 *
 * const grey = [10, 20, 30, 60];
 * const image = {
 *   width: 2,
 *   height: 2,
 *   data: Uint8Array.from(grey.flatMap((v) => [v, v, v])),
 * };
 * const out = new Float32Array(3);
 * makeResampler(1)(image, wholeView(image, 1), out, 0);
 * assert.deepEqual([...out], [30, 30, 30]);
 * ```
 */
export const makeResampler = (
  side: number,
  scaling: ChannelScaling = { scale: [1, 1, 1], shift: [0, 0, 0] },
  filter: Interpolation = "bilinear",
): Resampler => {
  const across = axisWeights(side);
  const down = axisWeights(side);
  let line = new Float64Array(0);
  return (image, view, out, at) => {
    setWeights(across, filter, view.width, view.resizedWidth, view.keptLeft);
    setWeights(down, filter, view.height, view.resizedHeight, view.keptTop);
    if (line.length < view.width * 3) line = new Float64Array(view.width * 3);
    for (let y = 0; y < side; y++) {
      mixRows(image, view, down, y, across.first[0]!, endOf(across), line);
      mixColumns(line, across, side, view.mirrored, scaling, out, at, y);
    }
  };
};

/**
 * The view that shows all of an image, stretched to a square.
 *
 * @param image What is seen.
 * @param side Pixels across and down of the square.
 * @returns The view.
 */
export const wholeView = (
  image: { readonly width: number; readonly height: number },
  side: number,
): View => ({
  left: 0,
  top: 0,
  width: image.width,
  height: image.height,
  resizedWidth: side,
  resizedHeight: side,
  keptLeft: 0,
  keptTop: 0,
  mirrored: false,
});

/**
 * Output row `y` before it is resized across: columns `from` to `to - 1` of
 * the region as `line[column * 3 + channel]`. Rows are added three at a time,
 * which saves passes over the line.
 */
const mixRows = (
  { width, data }: Image,
  view: View,
  { first, count, weights, taps }: AxisWeights,
  y: number,
  from: number,
  to: number,
  line: Float64Array,
): void => {
  const stride = width * 3;
  const start = from * 3;
  const end = to * 3;
  const last = y * taps + count[y]!;
  let tap = y * taps;
  let row = ((view.top + first[y]!) * width + view.left) * 3;
  line.fill(0, start, end);
  for (; tap + 2 < last; tap += 3, row += 3 * stride) {
    const upper = weights[tap]!;
    const middle = weights[tap + 1]!;
    const lower = weights[tap + 2]!;
    for (let i = start, pixel = row + start; i < end; i++, pixel++) {
      line[i]! += upper * data[pixel]! + middle * data[pixel + stride]! +
        lower * data[pixel + 2 * stride]!;
    }
  }
  for (; tap < last; tap++, row += stride) {
    const weight = weights[tap]!;
    for (let i = start; i < end; i++) line[i]! += weight * data[row + i]!;
  }
};

/** Resizes one line across, scales it, and writes it to the three planes. */
const mixColumns = (
  line: Float64Array,
  { first, count, weights, taps }: AxisWeights,
  side: number,
  mirrored: boolean,
  { scale, shift }: ChannelScaling,
  out: Float32Array,
  at: number,
  y: number,
): void => {
  const plane = side * side;
  const step = mirrored ? -1 : 1;
  let write = at + y * side + (mirrored ? side - 1 : 0);
  for (let x = 0; x < side; x++, write += step) {
    const end = x * taps + count[x]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = x * taps, i = first[x]! * 3; tap < end; tap++, i += 3) {
      const weight = weights[tap]!;
      red += weight * line[i]!;
      green += weight * line[i + 1]!;
      blue += weight * line[i + 2]!;
    }
    out[write] = red * scale[0] + shift[0];
    out[write + plane] = green * scale[1] + shift[1];
    out[write + 2 * plane] = blue * scale[2] + shift[2];
  }
};
