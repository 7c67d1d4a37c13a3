/**
 * Decoding of images with sharp (libvips), whatever they are encoded in.
 *
 * @module
 */
import { codeOf, messageOf } from "@deepcluster/core";
import { Effect } from "effect";
import { access, constants, open, readFile, stat } from "node:fs/promises";
import { UnreadableImageError } from "./errors.ts";
import { kindBytes, kindOf, knownFormats } from "./file_kinds.ts";
import type { Image } from "./image.ts";
import { smallPng } from "./small_png.ts";
import type { ImagePayload } from "./source.ts";
import { tiffLayout } from "./tiff_layout.ts";
import { tiffPixels } from "./tiff_pixels.ts";
import { tiffReading } from "./tiff_reading.ts";
import sharp, { type SharpOptions } from "sharp";

// Our own cache knows better what is read again; one thread an image, for
// several are decoded at a time.
sharp.cache(false);
sharp.concurrency(1);

/** Images of more pixels are refused: a few kilobytes can claim any number. */
export const maxPixels = 500_000_000;

/** How images are decoded. */
export interface DecodeOptions {
  /**
   * Short side above which an image is reduced while it is decoded, keeping
   * its ratio. Default: not reduced. Images are never enlarged.
   */
  readonly maxShortSide?: number;
  /**
   * Refuses a damaged image instead of decoding what is left of it.
   * Default: false.
   */
  readonly strict?: boolean;
  /**
   * Whether the EXIF orientation is applied. Without it pixels lie as stored,
   * where the boxes of some annotations mean them. Default: true.
   */
  readonly autoOrient?: boolean;
  /** Images of more pixels are refused. Default: {@link maxPixels}. */
  readonly maxPixels?: number;
}

/**
 * Decodes one image, on another thread but for small PNG files.
 *
 * JPEG, PNG, WebP, GIF, TIFF, AVIF and SVG; of several frames or pages the
 * first. The result is sRGB of 8 bits, whatever the image had: grey, CMYK,
 * palette, 16 bits, another colour profile. Transparency is laid on white, the
 * EXIF orientation is applied unless told otherwise. What is missing of a
 * truncated file stays black or grey, as its decoder leaves it, unless `strict`
 * refuses it. Repeatable.
 *
 * A TIFF can hold more than a picture; `tiffReading` and `scaleOf` state what
 * is shown of floats, of 32-bit integers and of bands beyond the colour, and
 * what is unreadable. Only what a file marks as transparency is taken for it.
 *
 * @param id Name of the image, for the error.
 * @param payload The image as its source has it.
 * @param options See {@link DecodeOptions}.
 * @returns The pixels, or `UnreadableImageError` when the file is missing,
 * forbidden, empty, of no known format, too damaged to begin with, or has more
 * than `maxPixels` pixels.
 *
 * @example An SVG drawing
 * ```ts
 * import { decode } from "@deepcluster/data";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1">' +
 *   '<rect width="1" height="1" fill="red"/></svg>';
 * const bytes = new TextEncoder().encode(svg);
 * const image = await Effect.runPromise(
 *   decode("red and white", { kind: "encoded", bytes }),
 * );
 * assert.deepEqual([...image.data], [255, 0, 0, 255, 255, 255]);
 * ```
 */
export const decode = (
  id: string,
  payload: ImagePayload,
  options: DecodeOptions = {},
): Effect.Effect<Image, UnreadableImageError> => {
  if (payload.kind !== "pixels") {
    return Effect.flatMap(
      bytesOf(id, payload, options),
      (bytes) => decodeBytes(id, payload, bytes, options),
    );
  }
  const { maxShortSide = Infinity } = options;
  const { width, height, channels, data } = payload;
  if (Math.min(width, height) <= maxShortSide) {
    const rgb = () => channels === 3 ? data : rgbOf(data);
    return Effect.sync(() => ({ width, height, data: rgb() }));
  }
  const opening = { ...openingOf(options), raw: { width, height, channels } };
  return orReason(
    id,
    payload,
    options,
    () => convert(data, maxShortSide, opening),
  );
};

/** An image that is encoded, in a file or in memory. */
export type EncodedPayload = Exclude<ImagePayload, { kind: "pixels" }>;

/**
 * Reads what an image is encoded as.
 *
 * @param id Name of the image, for the error.
 * @param payload The image as its source has it.
 * @param options See {@link DecodeOptions}.
 * @returns Its bytes, or the error of {@link decode}.
 */
export const bytesOf = (
  id: string,
  payload: EncodedPayload,
  options: DecodeOptions,
): Effect.Effect<Uint8Array, UnreadableImageError> =>
  payload.kind === "encoded"
    ? Effect.succeed(payload.bytes)
    : orReason(id, payload, options, () => readFile(payload.path));

/**
 * Decodes an image whose bytes have been read.
 *
 * @param id Name of the image, for the error.
 * @param payload The image as its source has it.
 * @param bytes What {@link bytesOf} read of it.
 * @param options See {@link DecodeOptions}.
 * @returns As {@link decode}.
 */
export const decodeBytes = (
  id: string,
  payload: EncodedPayload,
  bytes: Uint8Array,
  options: DecodeOptions,
): Effect.Effect<Image, UnreadableImageError> => {
  const { maxShortSide = Infinity } = options;
  return Effect.flatMap(
    smallPng(bytes, options),
    (image) =>
      image !== undefined ? Effect.succeed(image) : Effect.flatMap(
        orReason(
          id,
          payload,
          options,
          () => convertFile(bytes, maxShortSide, openingOf(options)),
        ),
        (outcome) =>
          "reason" in outcome
            ? Effect.fail(
              new UnreadableImageError({ id, reason: outcome.reason }),
            )
            : Effect.succeed(outcome),
      ),
  );
};

const openingOf = (
  { strict = false, autoOrient = true, maxPixels: limit = maxPixels }:
    DecodeOptions,
): SharpOptions => ({
  failOn: strict ? "error" : "none",
  limitInputPixels: limit,
  autoOrient,
});

/**
 * Whether an image is as good as decoded, so that keeping it gains nothing.
 *
 * @param payload The image as its source has it.
 * @param options See {@link DecodeOptions}.
 * @returns True for pixels that need not be reduced.
 */
export const isDecoded = (
  payload: ImagePayload,
  { maxShortSide = Infinity }: DecodeOptions,
): boolean =>
  payload.kind === "pixels" &&
  Math.min(payload.width, payload.height) <= maxShortSide;

/** Grey values as equal red, green and blue. */
const rgbOf = (grey: Uint8Array): Uint8Array => {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) {
    rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = grey[i]!;
  }
  return rgb;
};

/**
 * Starts sharp at once: it works on while this thread is busy.
 *
 * Files come here as bytes: libvips takes brackets at the end of a path for
 * options, and reads a path in small pieces, which costs processor time.
 */
const convertFile = async (
  bytes: Uint8Array,
  maxShortSide: number,
  opening: SharpOptions,
): Promise<Image | Undecodable> => {
  const layout = tiffLayout(bytes);
  const reading = layout === undefined ? plain : tiffReading(layout);
  if (reading.kind === "unreadable") return { reason: reading.reason };
  if (reading.kind === "plain") return convert(bytes, maxShortSide, opening);
  const pixels = await tiffPixels(bytes, reading, opening);
  if (pixels === undefined) return convert(bytes, maxShortSide, opening);
  if (typeof pixels === "string") return { reason: pixels };
  const { data, ...raw } = pixels;
  return convert(data, maxShortSide, { ...opening, raw });
};

const plain = { kind: "plain" } as const;

/** Why an image that is not damaged is not decoded. */
interface Undecodable {
  /** A clause about the image. */
  readonly reason: string;
}

const convert = async (
  input: Uint8Array,
  maxShortSide: number,
  options: SharpOptions,
): Promise<Image> => {
  const image = sharp(input, options);
  image.flatten({ background: "#ffffff" }); // sRGB by default
  if (maxShortSide < Infinity) {
    image.resize({
      width: maxShortSide,
      height: maxShortSide,
      fit: "outside",
      withoutEnlargement: true,
    });
  }
  const { data, info } = await image.raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
};

/** Says why an image was not decoded where a promise fails. */
const orReason = <A>(
  id: string,
  payload: ImagePayload,
  { maxPixels: limit = maxPixels }: DecodeOptions,
  start: () => Promise<A>,
): Effect.Effect<A, UnreadableImageError> =>
  Effect.tryPromise({ try: start, catch: messageOf }).pipe(
    Effect.catch((said) =>
      Effect.flatMap(
        reasonOf(payload, said, limit),
        (reason) => Effect.fail(new UnreadableImageError({ id, reason })),
      )
    ),
  );

/** Why an image was not decoded: the file's fault first, then sharp's words. */
const reasonOf = (
  payload: ImagePayload,
  said: string,
  limit: number,
): Effect.Effect<string> =>
  Effect.promise(async () => {
    if (payload.kind === "file") {
      const fault = await faultOf(payload.path);
      if (fault !== undefined) return fault;
    } else if (payload.kind === "encoded" && payload.bytes.length === 0) {
      return "it holds no bytes";
    }
    const kind = kindOf(await headOf(payload));
    if (kind !== undefined) return kind;
    if (said.includes("unsupported image format")) {
      return `it is no image of a known format: ${knownFormats} are read`;
    }
    if (said.includes("exceeds pixel limit")) {
      return `it has more than ${limit} pixels`;
    }
    const words = said.trim().split("\n").at(-1)!
      .replace(/^Input (file|buffer) /, "");
    return `it is damaged (${words})`;
  });

/** The first bytes of an image that could not be decoded. */
const headOf = async (payload: ImagePayload): Promise<Uint8Array> => {
  if (payload.kind === "encoded") return payload.bytes.subarray(0, kindBytes);
  if (payload.kind === "pixels") return new Uint8Array();
  const file = await open(payload.path);
  const { buffer, bytesRead } = await file.read(new Uint8Array(kindBytes))
    .finally(() => file.close());
  return buffer.subarray(0, bytesRead);
};

/** What is wrong with a file before anything is decoded. */
const faultOf = (path: string): Promise<string | undefined> =>
  access(path, constants.R_OK).then(() => stat(path)).then(
    (found) =>
      found.isDirectory()
        ? "it is a folder"
        : found.size === 0
        ? "the file is empty"
        : undefined,
    (cause) =>
      codeOf(cause) === "ENOENT" && path.includes("\uFFFD")
        ? "the name of the file is not in UTF-8"
        : fileFaults[codeOf(cause)] ?? messageOf(cause),
  );

const fileFaults: Record<string, string> = {
  ENOENT: "the file does not exist",
  ELOOP: "the file is a link to itself",
  EACCES: "the file may not be read by this user",
  EPERM: "the file may not be read by this user",
};
