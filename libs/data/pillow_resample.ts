/**
 * Resizing of a region of an image, bit for bit as Pillow resizes images of 8
 * bits: across and then down, in fixed point, rounded to a grey level after
 * each pass. What encoders of others were trained and are fed with.
 *
 * Reference: A. Clark et al., Pillow 9.4, `ImagingResampleHorizontal_8bpc` and
 * `ImagingResampleVertical_8bpc` of `src/libImaging/Resample.c`.
 *
 * @module
 */
import type { Image } from "./image.ts";
import type { ChannelScaling, Resampler, View } from "./resample.ts";
import {
  type AxisWeights,
  axisWeights,
  endOf,
  type Interpolation,
  setWeights,
} from "./resampling_weights.ts";

/** Columns and rows. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Makes a function that resizes the kept pixels of a view and scales them, as
 * `makeResampler` does, to `[3, height, width]` floats.
 *
 * @param kept Pixels across and down of what is written, at least 1.
 * @param scaling Applied to every grey level.
 * @param filter What weighs the pixels.
 * @returns The function.
 */
export const makePillowResampler = (
  kept: Size,
  scaling: ChannelScaling,
  filter: Interpolation,
): Resampler => {
  const across = axisWeights(kept.width);
  const down = axisWeights(kept.height);
  let lines = new Uint8Array(0);
  return (image, view, out, at) => {
    setWeights(across, filter, view.width, view.resizedWidth, view.keptLeft);
    setWeights(down, filter, view.height, view.resizedHeight, view.keptTop);
    toFixedPoint(across);
    toFixedPoint(down);
    const from = down.first[0]!;
    const to = endOf(down);
    const stride = kept.width * 3;
    const bytes = (to - from) * stride;
    if (lines.length < bytes) lines = new Uint8Array(bytes);
    for (let row = from; row < to; row++) {
      mixColumns(image, view, across, row, lines, (row - from) * stride);
    }
    for (let y = 0; y < kept.height; y++) {
      mixRows(lines, from, down, kept, view.mirrored, scaling, out, at, y);
    }
  };
};

/** Bits behind the point, as many as 32 leave besides a byte and two. */
const precision = 2 ** 22;

const toFixedPoint = ({ weights }: AxisWeights): void => {
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]! * precision;
    weights[i] = Math.trunc(weight + (weight < 0 ? -0.5 : 0.5));
  }
};

const toLevel = (sum: number): number =>
  Math.min(255, Math.max(0, Math.floor((sum + precision / 2) / precision)));

/** Resizes one row of the region across. */
const mixColumns = (
  { width, data }: Image,
  view: View,
  { first, count, weights, taps }: AxisWeights,
  row: number,
  lines: Uint8Array,
  at: number,
): void => {
  const start = ((view.top + row) * width + view.left) * 3;
  for (let x = 0, write = at; x < first.length; x++, write += 3) {
    const end = x * taps + count[x]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = x * taps, i = start + first[x]! * 3; tap < end; tap++) {
      const weight = weights[tap]!;
      red += weight * data[i++]!;
      green += weight * data[i++]!;
      blue += weight * data[i++]!;
    }
    lines[write] = toLevel(red);
    lines[write + 1] = toLevel(green);
    lines[write + 2] = toLevel(blue);
  }
};

/** Makes one output row, scales it, and writes it to the three planes. */
const mixRows = (
  lines: Uint8Array,
  from: number,
  { first, count, weights, taps }: AxisWeights,
  { width, height }: Size,
  mirrored: boolean,
  { scale, shift }: ChannelScaling,
  out: Float32Array,
  at: number,
  y: number,
): void => {
  const plane = width * height;
  const stride = width * 3;
  const start = (first[y]! - from) * stride;
  const end = y * taps + count[y]!;
  for (let x = 0; x < width; x++) {
    const write = at + y * width + (mirrored ? width - 1 - x : x);
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      let i = start + x * 3 + channel;
      for (let tap = y * taps; tap < end; tap++, i += stride) {
        sum += weights[tap]! * lines[i]!;
      }
      out[write + channel * plane] = toLevel(sum) * scale[channel]! +
        shift[channel]!;
    }
  }
};
