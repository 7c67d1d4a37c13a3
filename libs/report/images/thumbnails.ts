/**
 * Thumbnails of images, made once for a run.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import {
  decodeIdentified,
  decoderVersion,
  digestAt,
  type Image,
  type ImagePayload,
  UnreadableImageError,
} from "@deepcluster/data";
import type { SqliteError } from "@deepcluster/storage";
import { Effect, Result } from "effect";
import { Buffer } from "node:buffer";
import sharp from "sharp";
import { sideWithin, squareOf } from "./square.ts";
import { keepThumbnails, readThumbnails } from "./thumbnail_cache.ts";

/** Largest side of a thumbnail, in pixels. */
export const thumbnailSide = 64;

/** An image that a thumbnail is made of. */
export interface ThumbnailOf {
  /** Its name, for reasons. */
  readonly path: string;
  /** As it lies in its source; absent where the source has it no longer. */
  readonly payload?: ImagePayload;
  /** SHA-256 in hexadecimal that it had in the run, where it is known. */
  readonly sha256?: string;
}

/** A thumbnail, or why there is none. */
export type Thumbnail =
  | {
    /** A `data:` address of a WebP image. */
    readonly thumbnail: string;
  }
  | {
    /** A clause, such as `the file does not exist`. */
    readonly missing: string;
  };

/** Why there is nothing to show of an image that has no payload. */
export const absent = "the source of the run no longer has it";

/** Images that are decoded at a time. */
const concurrency = 4;

/** Thumbnails that are kept at a time. */
const batch = 256;

/**
 * Makes thumbnails, except those that the cache holds.
 *
 * A thumbnail is the square of `squareOf`, at most 64 pixels wide and never
 * enlarged, as WebP; the same bytes every time. It is kept under the SHA-256
 * that its image had in the run, and a file that has another by now gives
 * none. A cache that fails is said as a warning.
 *
 * @param cache The file of the cache.
 * @param images What to show.
 * @returns A thumbnail for each, in their order.
 */
export const thumbnailsOf: (
  cache: string,
  images: readonly ThumbnailOf[],
) => Effect.Effect<readonly Thumbnail[], never, Progress> = Effect.fn(
  "thumbnailsOf",
)(function* (cache, images) {
  const progress = yield* Progress;
  const keys = images.map(keyOf);
  let kept = true;
  const orWarning = <A>(work: Effect.Effect<A, SqliteError>) =>
    Effect.catch(work, (error) => {
      kept = false;
      return Effect.as(warn(cache, error), undefined);
    });
  const known = yield* orWarning(
    readThumbnails(cache, keys.filter((key) => key !== undefined)),
  );
  const results = keys.map((key): Thumbnail | undefined => {
    const webp = key === undefined ? undefined : known?.get(key);
    return webp && shown(webp);
  });
  const wanted = Array.from(results.keys()).filter((i) => !results[i]);
  const report = (done: number) =>
    progress.report({
      phase: "thumbnails",
      done,
      total: wanted.length,
      unit: "images",
    });
  if (wanted.length > 0) yield* report(0);
  for (let start = 0; start < wanted.length; start += batch) {
    const some = wanted.slice(start, start + batch);
    const fresh = new Map<string, Uint8Array>();
    yield* Effect.forEach(
      some,
      (i) =>
        Effect.map(Effect.result(make(images[i]!)), (made) => {
          if (Result.isFailure(made)) {
            results[i] = { missing: made.failure.reason };
            return;
          }
          results[i] = shown(made.success);
          if (keys[i] !== undefined) fresh.set(keys[i], made.success);
        }),
      { concurrency },
    );
    if (kept) yield* orWarning(keepThumbnails(cache, fresh));
    yield* report(start + some.length);
  }
  return results.map((thumbnail) => thumbnail!);
});

/** Everything that the bytes depend on. */
const keyOf = ({ sha256 }: ThumbnailOf): string | undefined =>
  sha256 && `${sha256} ${thumbnailSide} ${quality} ${decoderVersion}`;

/** 600 to 800 bytes for an image of 64 pixels; 60 shows at edges. */
const quality = 75;

const make = Effect.fnUntraced(function* (
  { path, payload, sha256 }: ThumbnailOf,
): Effect.fn.Return<Uint8Array, UnreadableImageError> {
  if (payload === undefined) {
    return yield* new UnreadableImageError({ id: path, reason: absent });
  }
  const { digest, image } = yield* decodeIdentified(path, payload, {
    maxShortSide: 2 * thumbnailSide,
  });
  const decoded = yield* Effect.fromResult(image);
  if (sha256 && digestAt(digest, 0) !== sha256) {
    const reason = "it is another image than the run had";
    return yield* new UnreadableImageError({ id: path, reason });
  }
  return yield* webpOf(decoded);
});

const webpOf = (image: Image): Effect.Effect<Uint8Array> => {
  const side = sideWithin(image, thumbnailSide);
  const raw = { width: side, height: side, channels: 3 } as const;
  return Effect.promise(() =>
    sharp(squareOf(image, side), { raw }).webp({ quality }).toBuffer()
  );
};

const shown = (webp: Uint8Array): Thumbnail => ({
  thumbnail: `data:image/webp;base64,${Buffer.from(webp).toString("base64")}`,
});

const warn = (cache: string, error: SqliteError) =>
  Effect.logWarning(
    `Thumbnails are made anew each time: ${
      error._tag === "Locked"
        ? `another process uses ${cache}`
        : error._tag === "CorruptJournalError"
        ? `${cache} is damaged (${error.found}); remove it`
        : error.message
    }`,
  );
