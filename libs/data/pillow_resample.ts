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
import {
  bytesBehind,
  pillowWorkspace,
  precisionBits,
} from "./pillow_kernels.ts";
import type { ChannelScaling, Resampler, View } from "./resample.ts";
import {
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
  { width, height }: Size,
  { scale, shift }: ChannelScaling,
  filter: Interpolation,
): Resampler => {
  const resize = makePillowResizer({ width, height }, filter);
  const plane = width * height;
  return (image, view, out, at) => {
    const levels = resize(image, view);
    for (let y = 0, read = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const column = view.mirrored ? width - 1 - x : x;
        const write = at + y * width + column;
        for (let channel = 0; channel < 3; channel++) {
          out[write + channel * plane] = levels[read++]! * scale[channel]! +
            shift[channel]!;
        }
      }
    }
  };
};

/** Rows of the image are copied in bands of this size, to stay in the cache. */
const bandBytes = 2 ** 18;

/**
 * Makes a function that resizes the kept pixels of a view to bytes, RGB `[height,
 * width, 3]`, valid until the next call of any. It mirrors nothing.
 *
 * @param kept Pixels across and down of what is written, at least 1.
 * @param filter What weighs the pixels.
 * @returns The function.
 */
export const makePillowResizer = (
  kept: Size,
  filter: Interpolation,
): (image: Image, view: View) => Uint8Array => {
  const across = fixedAxis(kept.width, filter);
  const down = fixedAxis(kept.height, filter);
  return ({ width, data }, view) => {
    const columns = across(view.width, view.resizedWidth, view.keptLeft);
    const rows = down(view.height, view.resizedHeight, view.keptTop);
    const from = rows.first[0]!;
    const to = endOf(rows);
    const rowBytes = 3 * width;
    const lineBytes = 3 * kept.width;
    const band = Math.max(1, Math.floor(bandBytes / rowBytes));
    const { kernels, allocate } = pillowWorkspace();
    const arrays = allocate({
      rows: [Uint8Array, Math.min(band, to - from) * rowBytes + bytesBehind],
      lines: [Uint8Array, (to - from) * lineBytes + bytesBehind],
      out: [Uint8Array, kept.height * lineBytes + bytesBehind],
      firsts: [Int32Array, kept.width],
      counts: [Int32Array, kept.width],
      across: [Int32Array, kept.width * columns.taps],
      down: [Int32Array, kept.height * rows.taps],
    });
    arrays.firsts.set(columns.first);
    arrays.counts.set(columns.count);
    arrays.across.set(columns.weights);
    arrays.down.set(rows.weights);
    const [lines, out] = [arrays.lines.byteOffset, arrays.out.byteOffset];
    for (let start = from; start < to; start += band) {
      const end = Math.min(to, start + band);
      const rowAt = (row: number) => (view.top + row) * rowBytes;
      arrays.rows.set(data.subarray(rowAt(start), rowAt(end)));
      for (let row = start; row < end; row++) {
        const line = lines + (row - from) * lineBytes;
        kernels.mixColumns(
          arrays.rows.byteOffset + (row - start) * rowBytes + 3 * view.left,
          arrays.firsts.byteOffset,
          arrays.counts.byteOffset,
          arrays.across.byteOffset,
          4 * columns.taps,
          line,
          line + lineBytes,
        );
      }
    }
    for (let y = 0; y < kept.height; y++) {
      kernels.mixRows(
        lines + (rows.first[y]! - from) * lineBytes,
        lineBytes,
        arrays.down.byteOffset + 4 * y * rows.taps,
        rows.count[y]!,
        out + y * lineBytes,
        out + (y + 1) * lineBytes,
      );
    }
    return arrays.out.subarray(0, kept.height * lineBytes);
  };
};

/**
 * Weights of an axis as whole numbers, `taps` places for each of `side`
 * results; those of the last view are kept.
 */
const fixedAxis = (side: number, filter: Interpolation) => {
  const axis = axisWeights(side);
  let weights = new Int32Array(0);
  let last: readonly number[] = [];
  return (inputSize: number, outputSize: number, kept: number) => {
    const view = [inputSize, outputSize, kept];
    if (view.some((value, i) => value !== last[i])) {
      last = view;
      setWeights(axis, filter, inputSize, outputSize, kept);
      weights = Int32Array.from(
        axis.weights.subarray(0, side * axis.taps),
        (weight) =>
          Math.trunc(weight * 2 ** precisionBits + (weight < 0 ? -0.5 : 0.5)),
      );
    }
    return { ...axis, weights };
  };
};
