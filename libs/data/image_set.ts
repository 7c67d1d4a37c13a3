/**
 * The images that a run works with: the usable ones of a source, decoded or
 * out of the cache.
 *
 * @module
 */
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import type { DecodedCache } from "./cache.ts";
import { decode, type DecodeOptions, isDecoded } from "./decode.ts";
import { type CacheError, UnreadableImageError } from "./errors.ts";
import {
  type FileStamp,
  type FileStamps,
  isUntouched,
  setStamp,
  stampAt,
  stampOf,
} from "./file_stamps.ts";
import { contentDigest, digestAt } from "./identity.ts";
import type { Image } from "./image.ts";
import type { ImageSource } from "./source.ts";

/** Why an image that was usable cannot be had. */
export type ImageError = UnreadableImageError | CacheError;

/** A finite, ordered collection of images that can be decoded. */
export interface ImageSet {
  /** Number of images. */
  readonly size: number;
  /** Name of an image, by its index from 0 to `size - 1`. */
  readonly id: (index: number) => string;
  /**
   * Pixels of an image. Decoding begins at once, on another thread. Repeatable.
   * `UnreadableImageError` when its file has changed or vanished meanwhile.
   */
  readonly decoded: (index: number) => Effect.Effect<Image, ImageError>;
}

/** Where the images of an {@link imageSet} come from. */
export interface ImageSetOptions extends DecodeOptions {
  /** `sourceIndex` of each image, shape `[size]`. Default: all. */
  readonly usable?: Int32Array;
  /** Keeps decoded images of this source. Default: none are kept. */
  readonly cache?: DecodedCache;
  /**
   * Files as they were at the start. Default: changes go unnoticed. A file
   * that was touched and holds what it held gets its new stamp here.
   */
  readonly stamps?: FileStamps;
  /**
   * SHA-256 of each image of the source at the start, 32 bytes after 32 bytes;
   * if absent, a file that was touched counts as changed.
   */
  readonly digests?: Uint8Array;
}

/**
 * Makes the set of a source's usable images.
 *
 * @param source The images.
 * @param options See {@link ImageSetOptions}.
 * @returns The set; image 0 is the first usable one.
 */
export const imageSet = (
  source: ImageSource,
  options: ImageSetOptions = {},
): ImageSet => {
  const { usable, stamps, digests } = options;
  const sourceIndexOf = (index: number) => usable?.[index] ?? index;
  return {
    size: usable?.length ?? source.ids.length,
    id: (index) => source.ids[sourceIndexOf(index)]!,
    decoded: (index) => {
      const sourceIndex = sourceIndexOf(index);
      return cached(
        source,
        sourceIndex,
        options,
        (fresh) =>
          stamps === undefined
            ? fresh
            : unchanged(source, sourceIndex, { stamps, digests }, fresh),
      );
    },
  };
};

/** An image out of the cache, or decoded, checked and kept there. */
const cached = (
  source: ImageSource,
  sourceIndex: number,
  { cache, ...options }: ImageSetOptions,
  checked: (
    fresh: Effect.Effect<Image, UnreadableImageError>,
  ) => Effect.Effect<Image, UnreadableImageError>,
): Effect.Effect<Image, ImageError> => {
  const payload = source.payload(sourceIndex);
  const fresh = Effect.suspend(() =>
    checked(decode(source.ids[sourceIndex]!, payload, options))
  );
  if (cache === undefined || isDecoded(payload, options)) return fresh;
  return Effect.flatMap(
    cache.get(sourceIndex),
    (kept) =>
      kept === undefined
        ? Effect.tap(fresh, (image) => cache.put(sourceIndex, image))
        : Effect.succeed(kept),
  );
};

/** Files as they were at the start. */
interface AtStart {
  readonly stamps: FileStamps;
  readonly digests: Uint8Array | undefined;
}

/** Decodes, and asks at the same time whether the file is still the same. */
const unchanged = (
  source: ImageSource,
  sourceIndex: number,
  { stamps, digests }: AtStart,
  fresh: Effect.Effect<Image, UnreadableImageError>,
): Effect.Effect<Image, UnreadableImageError> => {
  const payload = source.payload(sourceIndex);
  if (payload.kind !== "file") return fresh;
  const both = Effect.all([Effect.result(fresh), stampOf(payload)], {
    concurrency: 2,
  });
  return Effect.flatMap(
    both,
    Effect.fnUntraced(function* ([result, now]) {
      const before = stampAt(stamps, sourceIndex);
      if (isUntouched(before, now)) return yield* Effect.fromResult(result);
      if (digests !== undefined && now.size === before.size) {
        const digest = Buffer.from(yield* contentDigest(payload));
        if (digest.toString("hex") === digestAt(digests, sourceIndex)) {
          setStamp(stamps, sourceIndex, now);
          return yield* Effect.fromResult(result);
        }
      }
      return yield* new UnreadableImageError({
        id: source.ids[sourceIndex]!,
        reason: changeSince(before, now),
      });
    }),
  );
};

/** What has happened to a file. */
const changeSince = ({ size }: FileStamp, now: FileStamp): string => {
  if (now.size < 0) return "the file has vanished since the start of the run";
  return "the file has changed since the start of the run " +
    (now.size === size
      ? "(it was written again)"
      : `(it had ${size} bytes and has ${now.size})`);
};
