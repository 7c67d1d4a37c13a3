/**
 * Decoding of an image together with the digest of the very bytes that were
 * decoded, which are read once.
 *
 * @module
 */
import { Effect, Result } from "effect";
import { createHash } from "node:crypto";
import { bytesOf, decode, decodeBytes, type DecodeOptions } from "./decode.ts";
import type { UnreadableImageError } from "./errors.ts";
import { contentDigest } from "./identity.ts";
import type { Image } from "./image.ts";
import type { ImagePayload } from "./source.ts";

/** An image with the digest of what it was decoded from. */
export interface IdentifiedImage {
  /** As `contentDigest` gives it. */
  readonly digest: Uint8Array;
  /** The pixels, or why there are none. */
  readonly image: Result.Result<Image, UnreadableImageError>;
}

/**
 * Decodes an image as `decode` does, and hashes what it is stored as.
 *
 * @param id Name of the image, for the error.
 * @param payload The image as its source has it.
 * @param options See `DecodeOptions`.
 * @returns Digest and pixels.
 */
export const decodeIdentified: (
  id: string,
  payload: ImagePayload,
  options?: DecodeOptions,
) => Effect.Effect<IdentifiedImage> = Effect.fnUntraced(function* (
  id,
  payload,
  options = {},
) {
  if (payload.kind === "pixels") {
    const digest = yield* contentDigest(payload);
    const image = yield* Effect.result(decode(id, payload, options));
    return { digest, image };
  }
  const read = yield* Effect.result(bytesOf(id, payload, options));
  if (Result.isFailure(read)) {
    // Too large to be read at once, perhaps; then it is hashed in pieces.
    const digest = yield* contentDigest(payload);
    return { digest, image: Result.fail(read.failure) };
  }
  const bytes = read.success;
  const digest = createHash("sha256").update(bytes).digest();
  const image = yield* Effect.result(decodeBytes(id, payload, bytes, options));
  return { digest, image };
});
