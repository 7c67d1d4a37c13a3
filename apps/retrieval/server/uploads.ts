/**
 * Uploaded images: bounded in bytes and pixels, decoded strictly, and never
 * written to disk.
 *
 * @module
 */
import { decode, type DecodeOptions, type Image } from "@deepcluster/data";
import { TooLarge, Unavailable } from "@deepcluster/page-server";
import { decodeAsSeen } from "@deepcluster/retrieval";
import { Effect, Semaphore, Stream } from "effect";
import { HttpApiError } from "effect/http-api";
import sharp from "sharp";
import { maxUploadBytes, maxUploadPixels, NotAnImage } from "./api.ts";

/** Pixels of all uploads that are decoded and wait, at most. */
const pixelsAtOnce = 4 * maxUploadPixels;

/** Bytes of all uploads that are being received, at most. */
const bytesAtOnce = 8 * maxUploadBytes;

/** A client that sends no faster than this is let go. */
const receivingTimeMs = 60_000;

const kibibyte = 1024;

/** An uploaded image. */
export interface Upload {
  /** Its pixels, in full size. */
  readonly image: Image;
  /** Decodes it as a descriptor sees it. */
  readonly seen: (options: DecodeOptions) => Effect.Effect<Image, NotAnImage>;
}

/** Takes uploads without taking all memory. */
export interface Uploads {
  /**
   * Receives and decodes an image, and keeps its pixels while `use` runs.
   *
   * @param body Its bytes.
   * @param use What needs the pixels.
   * @returns What `use` returns, or a problem of the image.
   */
  readonly withImage: <A, E, R>(
    body: Stream.Stream<Uint8Array, unknown>,
    use: (upload: Upload) => Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E | TooLarge | NotAnImage | Unavailable, R>;
}

/** Makes the limits that all uploads share. */
export const makeUploads: Effect.Effect<Uploads> = Effect.gen(function* () {
  const bytesLeft = yield* Semaphore.make(bytesAtOnce / kibibyte);
  const pixelsLeft = yield* Semaphore.make(pixelsAtOnce / kibibyte);
  return {
    withImage: (body, use) =>
      bytesLeft.withPermits(maxUploadBytes / kibibyte / 8)(
        received(body),
      ).pipe(
        Effect.flatMap((bytes) =>
          Effect.flatMap(
            sizeOf(bytes),
            (pixels) =>
              pixelsLeft.withPermits(Math.ceil(pixels / kibibyte))(
                Effect.flatMap(decoded(bytes), use),
              ),
          )
        ),
      ),
  };
});

/** Reads a body, which must end in time. */
const received = (body: Stream.Stream<Uint8Array, unknown>) =>
  Stream.runCollect(body).pipe(
    Effect.timeoutOrElse({
      duration: receivingTimeMs,
      orElse: () =>
        Effect.fail(
          new Unavailable({
            detail: "Cannot take the image as it must arrive within a minute",
          }),
        ),
    }),
    Effect.map((chunks) => Buffer.concat(chunks)),
    Effect.mapError((error) =>
      error instanceof Unavailable
        ? error
        : HttpApiError.HttpApiPayloadTooLarge.is(error)
        ? new TooLarge({
          detail: "Cannot take the image as it must hold at most " +
            `${maxUploadBytes / 2 ** 20} MiB`,
        })
        : new NotAnImage({ detail: "Cannot read the image as it broke off" })
    ),
  );

/** The pixels of an image, from its header alone. */
const sizeOf = Effect.fnUntraced(function* (bytes: Uint8Array) {
  if (bytes.length === 0) return yield* refused("it holds no bytes");
  const { width = 0, height = 0 } = yield* Effect.tryPromise({
    try: () => sharp(bytes, { limitInputPixels: false }).metadata(),
    catch: () =>
      new NotAnImage({
        detail: "Cannot read the upload as it must be an intact JPEG, PNG, " +
          "WebP, GIF, AVIF, TIFF or SVG image",
      }),
  });
  const pixels = width * height;
  if (pixels > maxUploadPixels) {
    return yield* new TooLarge({
      detail: `Cannot decode the image as it must have at most ` +
        `${maxUploadPixels / 1e6} million pixels: current value is ` +
        `${width} x ${height}`,
    });
  }
  return pixels;
});

const refused = (reason: string) =>
  Effect.fail(
    new NotAnImage({ detail: `Cannot decode the image as ${reason}` }),
  );

/** Decodes as the index does, but refuses what is damaged. */
const decoded = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const payload = { kind: "encoded", bytes } as const;
  const strictly = { strict: true, maxPixels: maxUploadPixels };
  const image = yield* decode("upload", payload, strictly).pipe(
    Effect.catch(({ reason }) => refused(reason)),
  );
  return {
    image,
    seen: (options) =>
      decodeAsSeen("upload", payload, image, { ...options, ...strictly }).pipe(
        Effect.catch(({ reason }) => refused(reason)),
      ),
  } satisfies Upload;
});
