/**
 * Reads, hashes and decodes images ahead of their use, each file once.
 *
 * The engine blocks the JavaScript thread while it computes. So the files of
 * the next images are read and handed to sharp's threads before it starts:
 * they are decoded meanwhile.
 *
 * @module
 */
import {
  attempt,
  decode,
  type DecodeOptions,
  type Image,
  type ImagePayload,
  UnreadableImageError,
} from "@deepcluster/data";
import { encoded, sha256Of } from "@deepcluster/storage";
import { Effect, Fiber, type Scope } from "effect";
import { readFile } from "node:fs/promises";
import { decodeAsSeen } from "../descriptors/decode_as_seen.ts";
import type { Candidate } from "./index_candidates.ts";

/** What there is to say of an image once it was looked at. */
export interface LookedAt {
  /** The image. */
  readonly candidate: Candidate;
  /** SHA-256 of its bytes; empty when they cannot be read. */
  readonly sha256: string;
  /** Absent when its content is known, or it cannot be decoded. */
  readonly decoded?: DecodedImage;
  /** Why it cannot be decoded. */
  readonly reason?: string;
}

/** An image that was decoded: what is kept of it, and what is described. */
export interface DecodedImage {
  /** Pixels across, in full size. */
  readonly width: number;
  /** Pixels down, in full size. */
  readonly height: number;
  /** Size and SHA-256 of the pixels, in full size. */
  readonly pixels: string;
  /** The image as the descriptor sees it. */
  readonly seen: Image;
}

/** Images looked at in their order. */
export interface LookAhead {
  /** The next image; `undefined` after the last. */
  readonly next: Effect.Effect<LookedAt | undefined>;
  /** Waits until the images ahead are on their way through the decoder. */
  readonly handOver: Effect.Effect<void>;
}

/** How far {@link lookAhead} looks. */
export interface LookAheadOptions {
  /** Most images ahead. */
  readonly images: number;
  /** Most bytes of decoded pixels ahead, by estimate. */
  readonly bytes: number;
  /** Whether content with a SHA-256 need not be decoded. */
  readonly isKnown: (sha256: string) => boolean;
  /** How the descriptor sees images. */
  readonly decodeOptions: DecodeOptions;
}

/**
 * Starts to look at images, several at a time.
 *
 * @param candidates The images.
 * @param options See {@link LookAheadOptions}.
 * @returns The images in their order, while the scope lasts.
 */
export const lookAhead: (
  candidates: readonly Candidate[],
  options: LookAheadOptions,
) => Effect.Effect<LookAhead, never, Scope.Scope> = Effect.fnUntraced(
  function* (candidates, options) {
    const { images, bytes } = options;
    const scope = yield* Effect.scope;
    const ahead: Started[] = [];
    let started = 0;
    let estimate = 0;
    /** Bytes of pixels to a byte of a file, as seen so far. */
    let expansion = 15;
    const start = Effect.gen(function* () {
      while (
        started < candidates.length && ahead.length < images &&
        (ahead.length === 0 || estimate < bytes)
      ) {
        const candidate = candidates[started++]!;
        const guess = Math.max(0, candidate.stamp.size) * expansion;
        estimate += guess;
        const content = yield* Effect.forkIn(
          startDecoding(candidate, options, scope),
          scope,
          { startImmediately: true },
        );
        ahead.push({ content, guess });
      }
    });
    return {
      next: Effect.gen(function* () {
        yield* start;
        const first = ahead.shift();
        if (first === undefined) return undefined;
        estimate -= first.guess;
        const looked = yield* Effect.flatMap(
          Fiber.join(first.content),
          finishDecoding,
        );
        const { decoded, candidate } = looked;
        if (decoded !== undefined && candidate.stamp.size > 0) {
          const { width, height } = decoded;
          const latest = 3 * width * height / candidate.stamp.size;
          expansion = 0.9 * expansion + 0.1 * latest;
        }
        return looked;
      }),
      handOver: Effect.andThen(
        start,
        Effect.suspend(() =>
          Effect.forEach([...ahead], ({ content }) => Fiber.await(content), {
            discard: true,
          })
        ),
      ),
    };
  },
);

interface Started {
  readonly content: Fiber.Fiber<Content>;
  /** Estimated bytes of its pixels. */
  readonly guess: number;
}

/** A file that was read, its decoding under way. */
interface Content {
  readonly candidate: Candidate;
  readonly sha256: string;
  readonly decoding?: Fiber.Fiber<DecodedImage, UnreadableImageError>;
  readonly reason?: string;
}

const startDecoding = Effect.fnUntraced(function* (
  candidate: Candidate,
  { isKnown, decodeOptions }: LookAheadOptions,
  scope: Scope.Scope,
): Effect.fn.Return<Content> {
  const { path, payload } = candidate;
  const read = yield* Effect.result(contentOf(path, payload));
  if (read._tag === "Failure") {
    return { candidate, sha256: "", reason: read.failure.reason };
  }
  const { content, sha256 } = read.success;
  if (isKnown(sha256)) return { candidate, sha256 };
  const decoding = yield* Effect.forkIn(
    decodeBoth(path, content, decodeOptions),
    scope,
    { startImmediately: true },
  );
  return { candidate, sha256, decoding };
});

const decodeBoth = Effect.fnUntraced(function* (
  path: string,
  content: ImagePayload,
  options: DecodeOptions,
): Effect.fn.Return<DecodedImage, UnreadableImageError> {
  const full = yield* decode(path, content);
  const { width, height } = full;
  const pixels = pixelsOf(full);
  const seen = yield* decodeAsSeen(path, content, full, options);
  return { width, height, pixels, seen };
});

const finishDecoding = Effect.fnUntraced(function* (
  { decoding, ...content }: Content,
): Effect.fn.Return<LookedAt> {
  if (decoding === undefined) return content;
  const decoded = yield* Effect.result(Fiber.join(decoding));
  if (decoded._tag === "Failure") {
    return { ...content, reason: decoded.failure.reason };
  }
  return { ...content, decoded: decoded.success };
});

/** The bytes of an image, and their digest. */
export interface ReadContent {
  /** What is decoded. */
  readonly content: Exclude<ImagePayload, { kind: "file" }>;
  /** Of the bytes. */
  readonly sha256: string;
}

/**
 * Reads the bytes of an image once.
 *
 * @param path Its name, for the error.
 * @param payload The image as its source has it.
 * @returns The bytes and their digest, or `UnreadableImageError`.
 */
export const contentOf: (
  path: string,
  payload: ImagePayload,
) => Effect.Effect<ReadContent, UnreadableImageError> = Effect.fnUntraced(
  function* (path, payload) {
    if (payload.kind === "encoded") {
      return { content: payload, sha256: sha256Of(payload.bytes) };
    }
    if (payload.kind === "pixels") {
      const { width, height, channels, data } = payload;
      const head = encoded(`${width} ${height} ${channels}\n`);
      return { content: payload, sha256: sha256Of(head, data) };
    }
    const bytes = yield* Effect.result(
      attempt(payload.path, () => readFile(payload.path)),
    );
    if (bytes._tag === "Failure" || bytes.success.length === 0) {
      // The decoder knows the words for what is wrong with a file.
      const image = yield* Effect.flip(decode(path, payload)).pipe(
        Effect.orElseSucceed(() =>
          new UnreadableImageError({
            id: path,
            reason: "the file changed while it was read",
          })
        ),
      );
      return yield* image;
    }
    const content = { kind: "encoded", bytes: bytes.success } as const;
    return { content, sha256: sha256Of(bytes.success) };
  },
);

/**
 * Tells pixels from all others.
 *
 * @param image The decoded image.
 * @returns Width, height and SHA-256 of the pixels.
 */
export const pixelsOf = ({ width, height, data }: Image): string =>
  `${width}x${height}:${sha256Of(data)}`;
