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
import type { Arrays } from "@deepcluster/core/wasm";
import type { Image } from "./image.ts";
import {
  linesAtOnce,
  type ResampleKernels,
  resampleWorkspace,
  valuesAtOnce,
} from "./resample_kernels.ts";
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
 * O(side * width + side²) times the filter's width. It computes in memory that
 * all resamplers of a thread share, which grows to the largest view seen.
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
  return (image, view, out, at) => {
    setWeights(across, filter, view.width, view.resizedWidth, view.keptLeft);
    setWeights(down, filter, view.height, view.resizedHeight, view.keptTop);
    out.set(planesOf(image, view, { across, down }, scaling), at);
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

/** Weights of both axes of a view. */
interface ViewWeights {
  readonly across: AxisWeights;
  readonly down: AxisWeights;
}

/** Rows of the image are copied in bands of this size, to stay in the cache. */
const bandBytes = 2 ** 18;

/**
 * The kept pixels of a view, `[3, side, side]`, valid until the next call: row
 * by row resized down, then across.
 */
const planesOf = (
  { width, data }: Image,
  view: View,
  weights: ViewWeights,
  scaling: ChannelScaling,
): Float32Array => {
  const { across, down } = weights;
  const stride = 3 * width;
  const band = Math.max(down.taps, Math.floor(bandBytes / stride));
  const { kernels } = resampleWorkspace();
  const side = down.first.length;
  const arrays = arraysFor({
    side,
    taps: Math.max(across.taps, down.taps),
    values: stride,
    rowsBytes: Math.max(band * stride, bandBytes),
  });
  setArrays(arrays, weights, scaling);
  const surplus = surplusLines(side);
  let from = 0;
  let to = 0;
  for (let y = 0; y < side; y++) {
    const first = down.first[y]!;
    const end = first + down.count[y]!;
    if (end > to) {
      from = first;
      to = Math.min(from + band, endOf(down));
      const rowAt = (row: number) => (view.top + row) * stride;
      arrays.rows.set(data.subarray(rowAt(from), rowAt(to)));
    }
    const start = (first - from) * stride + 3 * view.left;
    const line = (y + surplus) % linesAtOnce;
    resizeDown(kernels, arrays, weights, y, line, start, stride);
    if (line === linesAtOnce - 1) {
      resizeAcross(kernels, arrays, across, view.mirrored, y - line);
    }
  }
  return arrays.planes.subarray(surplus * side);
};

/**
 * Lines of the first group that are of no row. What is made of them lies before
 * each plane, where nothing is or the last rows of another will be.
 */
const surplusLines = (side: number): number =>
  (linesAtOnce - side % linesAtOnce) % linesAtOnce;

/** What the arrays of a view must have room for. */
interface Room {
  /** Pixels across and down that are kept. */
  readonly side: number;
  /** Weights of a kept pixel. */
  readonly taps: number;
  /** Numbers of a row of the image. */
  readonly values: number;
  /** Bytes of rows that are copied at a time. */
  readonly rowsBytes: number;
}

/** The arrays that the kernels work on. */
const layoutOf = ({ side, taps, values, rowsBytes }: Room) => ({
  rows: [Uint8Array, rowsBytes + valuesAtOnce],
  lines: [Float64Array, linesAtOnce * (values + valuesAtOnce)],
  firsts: [Int32Array, side],
  counts: [Int32Array, side],
  weightsAcross: [Float64Array, side * taps],
  weightsDown: [Float64Array, side * taps],
  scaling: [Float64Array, 8],
  planes: [Float32Array, (surplusLines(side) + 3 * side) * side],
} as const);

type ResampleArrays = Arrays<ReturnType<typeof layoutOf>>;

/** The arrays of this thread, laid out for the largest views of one side. */
let latest:
  | { readonly room: Room; readonly arrays: ResampleArrays }
  | undefined;

/** Laying them out for each view would be a seventh of the work for 64 x 64. */
const arraysFor = (room: Room): ResampleArrays => {
  const { side, taps, values, rowsBytes } = room;
  if (
    latest === undefined || latest.room.side !== side ||
    latest.room.taps < taps || latest.room.values < values ||
    latest.room.rowsBytes < rowsBytes
  ) {
    latest = { room, arrays: resampleWorkspace().allocate(layoutOf(room)) };
  }
  return latest.arrays;
};

const setArrays = (
  arrays: ResampleArrays,
  { across, down }: ViewWeights,
  { scale, shift }: ChannelScaling,
): void => {
  const { firsts, counts, weightsAcross, weightsDown, scaling } = arrays;
  firsts.set(across.first);
  counts.set(across.count);
  const side = across.first.length;
  weightsAcross.set(across.weights.subarray(0, side * across.taps));
  weightsDown.set(down.weights.subarray(0, side * down.taps));
  scaling.set([...scale, 0, ...shift, 0]);
};

/** Makes a line of rows of which the region begins at byte `start`. */
const resizeDown = (
  { mixRows }: ResampleKernels,
  { rows, lines, weightsDown }: ResampleArrays,
  { across, down }: ViewWeights,
  y: number,
  line: number,
  start: number,
  stride: number,
): void => {
  const firstColumn = across.first[0]!;
  const values = 3 * (endOf(across) - firstColumn);
  const at = lines.byteOffset + line * lineBytes(lines);
  mixRows(
    rows.byteOffset + start + 3 * firstColumn,
    stride,
    weightsDown.byteOffset + 8 * y * down.taps,
    down.count[y]!,
    at,
    at + 8 * values,
  );
};

/** Makes the output rows of all lines, of which the first is row `y`. */
const resizeAcross = (
  { mixColumns }: ResampleKernels,
  arrays: ResampleArrays,
  across: AxisWeights,
  mirrored: boolean,
  y: number,
): void => {
  const { lines, firsts, counts, weightsAcross, scaling, planes } = arrays;
  const side = across.first.length;
  const row = y + surplusLines(side);
  mixColumns(
    lines.byteOffset - 24 * across.first[0]!,
    lineBytes(lines),
    firsts.byteOffset,
    counts.byteOffset,
    weightsAcross.byteOffset,
    8 * across.taps,
    side,
    scaling.byteOffset,
    planes.byteOffset + 4 * (row * side + (mirrored ? side - 1 : 0)),
    mirrored ? -4 : 4,
    4 * side * side,
  );
};

const lineBytes = (lines: Float64Array): number =>
  lines.byteLength / linesAtOnce;
