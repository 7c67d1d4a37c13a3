/**
 * The pictures of indexed images, for browsers: as they are, or small.
 *
 * Nothing is served by path, and nothing but what was indexed: a file whose
 * SHA-256 is no longer that of the index is not shown, wherever a link at its
 * path may lead by now. SVG, which can carry scripts, TIFF, which browsers
 * cannot show, and pixels without a file are encoded anew.
 *
 * @module
 */
import { decode, type Image } from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import type { IndexedImage } from "@deepcluster/retrieval";
import { Effect, Semaphore } from "effect";
import { readFile, stat } from "node:fs/promises";
import sharp from "sharp";
import { Gone, NotFound } from "@deepcluster/page-server";

/** A picture as it is sent. */
export interface Picture {
  /** Its media type. */
  readonly type: string;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** The pictures of indexed images. */
export interface Pictures {
  /** The picture in full size. */
  readonly original: (
    image: IndexedImage,
  ) => Effect.Effect<Picture, Gone | NotFound>;
  /** At most `side` pixels wide and high, on white; never enlarged. */
  readonly thumbnail: (
    image: IndexedImage,
    side: number,
  ) => Effect.Effect<Picture, Gone | NotFound>;
  /** The pixels, in full size. */
  readonly decoded: (
    image: IndexedImage,
  ) => Effect.Effect<Image, Gone | NotFound>;
}

/** Bytes of thumbnails that are kept. */
const keptBytes = 64 * 2 ** 20;

/** Images that are read and decoded at a time. */
const atATime = 4;

/** Makes pictures, with a cache of the thumbnails that were last asked for. */
export const makePictures: Effect.Effect<Pictures> = Effect.gen(function* () {
  const gate = yield* Semaphore.make(atATime);
  const kept = new Map<string, Picture>();
  let keptNow = 0;
  const keep = (key: string, picture: Picture) => {
    if (kept.has(key)) return;
    kept.set(key, picture);
    keptNow += picture.bytes.length;
    for (const [oldest, { bytes }] of kept) {
      if (keptNow <= keptBytes) break;
      kept.delete(oldest);
      keptNow -= bytes.length;
    }
  };
  const decoded = (image: IndexedImage) => gate.withPermit(pixelsOf(image));
  return {
    decoded,
    original: (image) =>
      gate.withPermit(Effect.gen(function* () {
        if (image.file !== undefined) {
          const bytes = yield* indexedBytes(image, image.file);
          const type = typeOf(bytes);
          if (type !== undefined) return { type, bytes };
        }
        return yield* encodedJpeg(yield* pixelsOf(image));
      })),
    thumbnail: Effect.fnUntraced(function* (image, side) {
      const key = `${side} ${image.sha256}`;
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const picture = yield* gate.withPermit(
        Effect.flatMap(
          pixelsOf(image, side),
          (pixels) => thumbnailOf(pixels, side),
        ),
      );
      keep(key, picture);
      return picture;
    }),
  };
});

/** Decodes an indexed image; its short side may be reduced to a limit. */
const pixelsOf = Effect.fnUntraced(function* (
  image: IndexedImage,
  maxShortSide = Infinity,
): Effect.fn.Return<Image, Gone | NotFound> {
  if (image.width === 0) {
    return yield* new NotFound({
      detail: `There is no picture of ${image.path}, as the index was made ` +
        "of vectors",
    });
  }
  const payload = image.file === undefined ? yield* sourcePayload(image) : {
    kind: "encoded" as const,
    bytes: yield* indexedBytes(image, image.file),
  };
  return yield* Effect.catch(
    decode(image.path, payload, { maxShortSide }),
    ({ reason }) => gone(image, reason),
  );
});

/** The bytes of a file, if they are still those of the index. */
const indexedBytes = Effect.fnUntraced(function* (
  image: IndexedImage,
  file: string,
) {
  const bytes = yield* Effect.tryPromise({
    try: async () => {
      const found = await stat(file);
      const same = found.isFile() && found.size === image.size;
      return same ? await readFile(file) : undefined;
    },
    catch: () => undefined,
  }).pipe(Effect.catch(() => gone(image, "its file can no longer be read")));
  const digest = bytes &&
    (yield* Effect.promise(() => crypto.subtle.digest("SHA-256", bytes)));
  if (digest === undefined || hex(digest) !== image.sha256) {
    return yield* gone(image, "its file has changed");
  }
  return bytes!;
});

const hex = (digest: ArrayBuffer) => Buffer.from(digest).toString("hex");

const gone = (image: IndexedImage, reason: string) =>
  Effect.fail(
    new Gone({
      detail: `Cannot show ${image.path} as ${reason} since it was indexed; ` +
        "`retrieve index` notices what has changed",
    }),
  );

/** Pixels that lie in no file of their own, such as those of an IDX file. */
const sourcePayload = Effect.fnUntraced(function* (image: IndexedImage) {
  const { source } = yield* openSource(image.root).pipe(
    Effect.catch(({ message }) => gone(image, message)),
  );
  const sourceIndex = source.ids.indexOf(image.path);
  if (sourceIndex < 0) return yield* gone(image, "its source lacks it");
  const payload = source.payload(sourceIndex);
  const whole = yield* Effect.catch(
    decode(image.path, payload),
    ({ reason }) => gone(image, reason),
  );
  const digest = yield* Effect.promise(() =>
    crypto.subtle.digest("SHA-256", Uint8Array.from(whole.data))
  );
  const pixels = `${whole.width}x${whole.height}:${hex(digest)}`;
  if (pixels !== image.pixels) return yield* gone(image, "it has changed");
  return { kind: "pixels" as const, channels: 3 as const, ...whole };
});

/** Types that every browser shows and that carry no script, by first bytes. */
const typeOf = (bytes: Uint8Array): string | undefined => {
  const text = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (/^GIF8[79]a/.test(text)) return "image/gif";
  if (/^RIFF....WEBP/s.test(text)) return "image/webp";
  if (/^....ftypavi[fs]/s.test(text)) return "image/avif";
  return undefined;
};

const raw = ({ data, width, height }: Image) =>
  sharp(data, { raw: { width, height, channels: 3 } });

const encodedJpeg = (image: Image): Effect.Effect<Picture> =>
  Effect.promise(async () => ({
    type: "image/jpeg",
    bytes: await raw(image).jpeg({ quality: 92 }).toBuffer(),
  }));

const thumbnailOf = (image: Image, side: number): Effect.Effect<Picture> =>
  Effect.promise(async () => ({
    type: "image/webp",
    bytes: await raw(image).resize({
      width: side,
      height: side,
      fit: "inside",
      withoutEnlargement: true,
    }).webp({ quality: 80, effort: 2 }).toBuffer(),
  }));
