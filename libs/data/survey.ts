/**
 * The look at every image with which a run begins.
 *
 * It finds what cannot be decoded before anything is learned, fills the cache,
 * and says which images these are, for a resumed run to compare.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import { Effect, Result } from "effect";
import { availableParallelism } from "node:os";
import type { DecodedCache } from "./cache.ts";
import { type DecodeOptions, isDecoded } from "./decode.ts";
import { decodeIdentified } from "./decode_identified.ts";
import { type CacheError, TooManyUnreadableError } from "./errors.ts";
import {
  type FileStamp,
  type FileStamps,
  stampAt,
  stampFiles,
} from "./file_stamps.ts";
import { contentHashOf, fingerprintOf } from "./identity.ts";
import type { ImagePayload, ImageSource } from "./source.ts";

/** An image that is left out of a run. */
export interface UnreadableImage {
  /** Its name in the source. */
  readonly id: string;
  /** A clause, such as `the file is empty`. */
  readonly reason: string;
}

/** What an earlier survey found of an image. */
export interface KnownImage {
  /** SHA-256 of its bytes, 32 bytes. */
  readonly digest: Uint8Array;
  /** Why it cannot be decoded; absent when it can. */
  readonly reason?: string;
}

/** How images are surveyed. */
export interface SurveyOptions extends DecodeOptions {
  /** Is filled with decoded images. Default: none are kept. */
  readonly cache?: DecodedCache;
  /** Largest fraction of unreadable images, from 0 to 1. Default: 0.05. */
  readonly maxUnreadableFraction?: number;
  /**
   * What is known of an image already, which is then neither read nor decoded:
   * the caller answers for the stamp being that of the same path, untouched.
   */
  readonly known?: (
    sourceIndex: number,
    payload: ImagePayload,
    stamp: FileStamp,
  ) => Effect.Effect<KnownImage | undefined>;
  /** Images decoded at a time. Default: twice the processors, at least 4. */
  readonly concurrency?: number;
}

/** Which images of a source can be decoded, and their identity. */
export interface Survey {
  /** `sourceIndex` of images that can be decoded, ascending. */
  readonly usable: Int32Array;
  /** The others, in the source's order, with their reasons. */
  readonly unreadable: readonly UnreadableImage[];
  /** Images that were read and decoded: all but those known already. */
  readonly looked: number;
  /** SHA-256 of each image of the source, 32 bytes after 32 bytes. */
  readonly digests: Uint8Array;
  /** Identifies the images by content; see `contentHashOf`. */
  readonly contentHash: string;
  /** Identifies them without reading; see `fingerprintOf`. */
  readonly fingerprint: string;
  /** Their files at this time. */
  readonly stamps: FileStamps;
}

/** What {@link survey} fails with. */
export type SurveyError = TooManyUnreadableError | CacheError;

/**
 * Reads and decodes every image once that is not known yet, several at a time.
 *
 * Reports its progress as phase `survey` in `images`. Takes 64 bytes of memory
 * an image, beside those in flight and the cache. The outcome does not depend
 * on timing.
 *
 * @param source The images, at least one.
 * @param options See {@link SurveyOptions}.
 * @returns The survey; `TooManyUnreadableError` when the unreadable fraction
 * is above the limit or no image can be decoded; `CacheError` when the disk
 * cannot hold them.
 */
export const survey: (
  source: ImageSource,
  options?: SurveyOptions,
) => Effect.Effect<Survey, SurveyError, Progress> = Effect.fn("survey")(
  function* (
    source,
    options = {},
  ) {
    const images = source.ids.length;
    const seen: Seen = {
      reasons: new Map(),
      digests: new Uint8Array(32 * images),
      // Before anything is read: whoever changes a file later changes its stamp.
      stamps: yield* stampFiles(source),
    };
    const concurrency = options.concurrency ?? defaultConcurrency;
    const unknown = yield* recall(source, options, seen);
    const count = yield* counter(unknown.length);
    yield* Effect.forEach(
      unknown,
      (sourceIndex) =>
        Effect.flatMap(
          look(source, sourceIndex, options, seen),
          () => count(seen.reasons.size),
        ),
      { concurrency, discard: true },
    );
    const { reasons, digests, stamps } = seen;
    const unreadable = [...reasons.keys()].sort((a, b) => a - b)
      .map((sourceIndex) => ({
        id: source.ids[sourceIndex]!,
        reason: reasons.get(sourceIndex)!,
      }));
    yield* requireEnough(
      source,
      unreadable,
      options.maxUnreadableFraction ?? 0.05,
    );
    return {
      usable: Int32Array.from({ length: images }, (_, i) => i)
        .filter((sourceIndex) => !reasons.has(sourceIndex)),
      unreadable,
      looked: unknown.length,
      digests,
      contentHash: contentHashOf(source, digests),
      fingerprint: fingerprintOf(source, stamps),
      stamps,
    };
  },
);

/** What is known of the images looked at so far. */
interface Seen {
  /** Of those that cannot be decoded, by `sourceIndex`. */
  readonly reasons: Map<number, string>;
  /** SHA-256 of each, 32 bytes after 32 bytes. */
  readonly digests: Uint8Array;
  readonly stamps: FileStamps;
}

/** Takes over what is known of images; the sourceIndices of the others. */
const recall = Effect.fnUntraced(function* (
  source: ImageSource,
  { known }: SurveyOptions,
  { reasons, digests, stamps }: Seen,
): Effect.fn.Return<readonly number[]> {
  const unknown: number[] = [];
  for (const sourceIndex of source.ids.keys()) {
    const payload = source.payload(sourceIndex);
    const stamp = stampAt(stamps, sourceIndex);
    const found = known === undefined
      ? undefined
      : yield* known(sourceIndex, payload, stamp);
    if (found === undefined) {
      unknown.push(sourceIndex);
      continue;
    }
    digests.set(found.digest, 32 * sourceIndex);
    if (found.reason !== undefined) reasons.set(sourceIndex, found.reason);
  }
  return unknown;
});

/** Looks at one image. */
const look = Effect.fnUntraced(function* (
  source: ImageSource,
  sourceIndex: number,
  options: SurveyOptions,
  { reasons, digests }: Seen,
): Effect.fn.Return<void, CacheError> {
  const { cache } = options;
  const payload = source.payload(sourceIndex);
  const id = source.ids[sourceIndex]!;
  const { digest, image } = yield* decodeIdentified(id, payload, options);
  digests.set(digest, 32 * sourceIndex);
  if (Result.isFailure(image)) {
    reasons.set(sourceIndex, image.failure.reason);
  } else if (cache !== undefined && !isDecoded(payload, options)) {
    yield* cache.put(sourceIndex, image.success);
  }
});

const defaultConcurrency = Math.max(4, 2 * availableParallelism());

/** Counts images done, and reports a thousand times at most. */
const counter = Effect.fnUntraced(function* (total: number) {
  const progress = yield* Progress;
  const step = Math.ceil(total / 1000);
  let done = 0;
  const report = (unreadable: number) =>
    progress.report({
      phase: "survey",
      unit: "images",
      done,
      total,
      figures: { unreadable },
    });
  if (total > 0) yield* report(0);
  return (unreadable: number): Effect.Effect<void> => {
    done++;
    return done % step === 0 || done === total
      ? report(unreadable)
      : Effect.void;
  };
});

/** Fails when too much is left out. */
const requireEnough = (
  source: ImageSource,
  unreadable: readonly UnreadableImage[],
  maxUnreadableShare: number,
): Effect.Effect<void, TooManyUnreadableError> => {
  const images = source.ids.length;
  return unreadable.length > maxUnreadableShare * images ||
      unreadable.length === images
    ? Effect.fail(
      new TooManyUnreadableError({
        source: source.name,
        images,
        unreadable: unreadable.length,
        maxUnreadableShare,
        examples: unreadable.slice(0, 5),
      }),
    )
    : Effect.void;
};
