/**
 * Small PNG files, decoded on this thread.
 *
 * sharp takes two thirds of a millisecond of processor time for an image of 64
 * × 64 pixels, nearly all of it to set up; here it is a tenth of that. What is
 * read here has the same pixels as sharp gives; everything else is left to it.
 *
 * Reference: ISO/IEC 15948, Portable Network Graphics, second edition.
 *
 * @module
 */
import { Effect } from "effect";
import { crc32, inflateSync } from "node:zlib";
import type { Image } from "./image.ts";

/** Pixels from which on sharp's own threads are the better choice. */
const mostPixels = 2 ** 14;

/** Sizes above which {@link smallPng} leaves an image to sharp. */
export interface SizeLimits {
  /** Short side above which the image is reduced. Default: none. */
  readonly maxShortSide?: number;
  /** Number of pixels above which it is refused. Default: none. */
  readonly maxPixels?: number;
}

/**
 * Decodes a small PNG file that is sound and plain.
 *
 * Plain are 8 bits of grey, RGB or RGBA, which is laid on white, without
 * interlacing, palette, colour profile, orientation or a transparent colour.
 *
 * @param bytes A file of any format.
 * @param limits What larger images are reduced to, or refused for.
 * @returns The pixels; `undefined` for whatever is not small, sound and plain,
 * or has more than the limits.
 */
export const smallPng = (
  bytes: Uint8Array,
  { maxShortSide = Infinity, maxPixels = mostPixels }: SizeLimits,
): Effect.Effect<Image | undefined> => {
  const file = plainFile(bytes);
  if (file === undefined) return nothing;
  const { width, height, channels, compressed } = file;
  if (width * height > Math.min(maxPixels, mostPixels)) return nothing;
  if (Math.min(width, height) > maxShortSide) return nothing;
  const length = height * (1 + width * channels);
  return Effect.try(() => inflateSync(compressed, { maxOutputLength: length }))
    .pipe(
      Effect.map((rows) =>
        rows.length === length && unfilter(rows, height, channels)
          ? { width, height, data: rgbOf(rows, file) }
          : undefined
      ),
      Effect.orElseSucceed(() => undefined),
    );
};

const nothing = Effect.succeed(undefined);

/** A plain PNG file; its rows are still compressed. */
interface PlainFile {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly compressed: Uint8Array;
}

/** Channels by colour type: grey, RGB and RGBA. */
const channelsOf: Readonly<Record<number, PlainFile["channels"]>> = {
  0: 1,
  2: 3,
  6: 4,
};

/** Parts that leave the pixels as they are, besides those of the pixels. */
const harmless = new Set(["pHYs", "sRGB", "gAMA", "cHRM", "tIME"]);

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Walks over the parts of a file, and checks each one's checksum. */
const plainFile = (bytes: Uint8Array): PlainFile | undefined => {
  if (!signature.every((byte, i) => bytes[i] === byte)) return undefined;
  const { buffer, byteOffset, length } = bytes;
  const view = new DataView(buffer, byteOffset, length);
  const pieces: Uint8Array[] = [];
  let header: Omit<PlainFile, "compressed"> | undefined;
  let before = "";
  for (let at = signature.length; at + 12 <= length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > length) return undefined;
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      return undefined;
    }
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const part = bytes.subarray(at + 8, end);
    at = end + 4;
    if ((name === "IHDR") !== (header === undefined)) return undefined;
    if (name === "IHDR") {
      header = plainHeader(part);
      if (header === undefined) return undefined;
    } else if (name === "IDAT") {
      // Pieces lie side by side: libpng reads none behind another part.
      if (pieces.length > 0 && before !== name) return undefined;
      pieces.push(part);
    } else if (name === "IEND") {
      return header && at === length
        ? { ...header, compressed: joined(pieces) }
        : undefined;
    } else if (!harmless.has(name)) return undefined;
    before = name;
  }
  return undefined;
};

const plainHeader = (
  part: Uint8Array,
): Omit<PlainFile, "compressed"> | undefined => {
  if (part.length !== 13) return undefined;
  const view = new DataView(part.buffer, part.byteOffset, part.length);
  const [bits, type, ...methods] = part.subarray(8);
  const channels = channelsOf[type!];
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const isPlain = bits === 8 && methods.every((method) => method === 0);
  return isPlain && channels && width > 0 && height > 0
    ? { width, height, channels }
    : undefined;
};

const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const [first, second] = pieces;
  if (first !== undefined && second === undefined) return first;
  const all = new Uint8Array(
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};

/**
 * Undoes the filters of all rows, each of which begins with the number of its
 * own; false when there is no such filter.
 */
const unfilter = (
  rows: Uint8Array,
  height: number,
  channels: number,
): boolean => {
  const size = rows.length / height;
  let above: Uint8Array = new Uint8Array(size);
  for (let start = 0; start < rows.length; start += size) {
    const row = rows.subarray(start, start + size);
    const undo = filters[row[0]!];
    if (undo === undefined) return false;
    undo(row, above, channels);
    above = row;
  }
  return true;
};

/** Undo a filter in a row; values begin at 1, those of a pixel side by side. */
const filters: readonly ((
  row: Uint8Array,
  above: Uint8Array,
  channels: number,
) => void)[] = [
  () => {},
  (row, _, channels) => {
    for (let i = 1 + channels; i < row.length; i++) {
      row[i]! += row[i - channels]!;
    }
  },
  (row, above) => {
    for (let i = 1; i < row.length; i++) row[i]! += above[i]!;
  },
  (row, above, channels) => {
    for (let i = 1; i < row.length; i++) {
      const left = i > channels ? row[i - channels]! : 0;
      row[i]! += (left + above[i]!) >> 1;
    }
  },
  (row, above, channels) => {
    for (let i = 1; i < row.length; i++) {
      const inside = i > channels;
      const left = inside ? row[i - channels]! : 0;
      const corner = inside ? above[i - channels]! : 0;
      row[i]! += paeth(left, above[i]!, corner);
    }
  },
];

const paeth = (left: number, above: number, corner: number): number => {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
};

/** Rows as RGB, without the numbers of their filters. */
const rgbOf = (
  rows: Uint8Array,
  { width, height, channels }: PlainFile,
): Uint8Array => {
  const rgb = new Uint8Array(3 * width * height);
  const size = 1 + width * channels;
  for (let y = 0, to = 0; y < height; y++) {
    const row = rows.subarray(y * size + 1, (y + 1) * size);
    if (channels === 3) rgb.set(row, 3 * width * y);
    else if (channels === 1) {
      for (let x = 0; x < width; x++, to += 3) {
        rgb[to] = rgb[to + 1] = rgb[to + 2] = row[x]!;
      }
    } else to = layOnWhite(row, rgb, to);
  }
  return rgb;
};

/** Lays RGBA on white, rounding down as libvips does. */
const layOnWhite = (row: Uint8Array, rgb: Uint8Array, to: number): number => {
  for (let from = 0; from < row.length; from += 4) {
    const alpha = row[from + 3]!;
    const white = 255 * (255 - alpha);
    for (let i = from; i < from + 3; i++, to++) {
      rgb[to] = Math.trunc((row[i]! * alpha + white) / 255);
    }
  }
  return to;
};
