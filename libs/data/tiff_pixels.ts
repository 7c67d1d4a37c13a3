/**
 * Pixels of the TIFF files that their decoder alone would show wrongly.
 *
 * @module
 */
import sharp, { type Sharp, type SharpOptions } from "sharp";
import { scaleOf, type TiffReading } from "./tiff_reading.ts";

/** Pixels to go on with in place of the file. */
export interface RawPixels {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bands: red, green and blue, and transparency if there are four. */
  readonly channels: 3 | 4;
  /** `[height, width, channels]`, 8 bits each. */
  readonly data: Uint8Array;
}

/** More bands than any satellite has; sharp itself stops at five. */
const maxBands = 1024;

/**
 * Reads the picture out of a TIFF that has more than a picture in it.
 *
 * The entire image is in memory, up to `16 width height` bytes.
 *
 * @param bytes The file.
 * @param reading How it is read; neither plain nor unreadable.
 * @param options How sharp opens it.
 * @returns Its pixels, turned as its orientation says; `undefined` when its
 * decoder shows it rightly after all; or the reason why it is unreadable. The
 * promise fails with what sharp says of a damaged file.
 */
export const tiffPixels = (
  bytes: Uint8Array,
  reading: Extract<TiffReading, { kind: "bands" | "scaled" }>,
  options: SharpOptions,
): Promise<RawPixels | undefined | string> => {
  const open = () => sharp(bytes, { ...options, limitInputChannels: maxBands });
  return reading.kind === "bands"
    ? colourOf(open(), reading.transparency)
    : scaled(open, reading.samples);
};

/** The first three bands, and that of transparency. */
const colourOf = async (
  image: Sharp,
  transparency: number | undefined,
): Promise<RawPixels> => {
  const { data, info } = await image.toColourspace("srgb")
    .raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  const { width, height, channels: bands } = info;
  const picked = transparency === undefined
    ? [0, 1, 2]
    : [0, 1, 2, 3 + transparency];
  const channels = picked.length;
  const pixels = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let i = 0; i < channels; i++) {
      pixels[pixel * channels + i] = data[pixel * bands + picked[i]!]!;
    }
  }
  return { width, height, channels: channels as 3 | 4, data: pixels };
};

const scaled = async (
  open: () => Sharp,
  samples: "floats" | "integers",
): Promise<RawPixels | undefined | string> => {
  const { width, height, bands, values } = await wideSamples(open, samples);
  const colours = Math.min(bands, 3);
  const [smallest, largest] = rangeOf(values, bands, colours);
  const factor = scaleOf(samples, smallest, largest);
  if (typeof factor === "string") return factor;
  if (factor === 1 && bands === 1) return undefined;
  // A sample of 0 to 1 is a level divided by 255: rounding finds it again.
  const half = factor === 255 ? 0.5 : 0;
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let i = 0; i < 3; i++) {
      const value = values[pixel * bands + (colours === 3 ? i : 0)]!;
      data[pixel * 3 + i] = Math.floor(value * factor + half);
    }
  }
  return { width, height, channels: 3, data };
};

/** Samples as they are in the file, bands side by side. */
const wideSamples = async (
  open: () => Sharp,
  samples: "floats" | "integers",
) => {
  const floats = samples === "floats";
  const image = open();
  if (floats) {
    // No colour is to be converted: libvips would take RGB for linear light.
    const { channels } = await open().metadata();
    const space = channels < 3 ? "b-w" : "scrgb";
    image.pipelineColourspace(space).toColourspace(space);
  }
  const { data, info } = await image
    .raw({ depth: floats ? "float" : "uint" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels: bands } = info;
  const { buffer, byteOffset, length } = data;
  const values = byteOffset % 4 === 0
    ? wideArray(floats, buffer, byteOffset, length / 4)
    : wideArray(floats, data.slice().buffer, 0, length / 4);
  return { width, height, bands, values };
};

const wideArray = (
  floats: boolean,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
): Float32Array | Uint32Array =>
  floats
    ? new Float32Array(buffer, offset, length)
    : new Uint32Array(buffer, offset, length);

/** Smallest and largest of the colour bands; NaN if any sample is. */
const rangeOf = (
  values: Float32Array | Uint32Array,
  bands: number,
  colours: number,
): readonly [number, number] => {
  let [smallest, largest] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at++) {
    if (at % bands >= colours) continue;
    const value = values[at]!;
    if (Number.isNaN(value)) return [NaN, NaN];
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  return [smallest, largest];
};
