/**
 * The images that a process opened last, for the next to open them: a training,
 * the evaluation of its run and its report look at the same files, which need
 * not be read and decoded each time.
 *
 * @module
 */
import { Context, Effect, type Scope } from "effect";
import { createHash } from "node:crypto";
import { type DecodedCache, makeCache } from "./cache.ts";
import type { CacheError } from "./errors.ts";
import {
  type FileStamp,
  isSettled,
  isUntouched,
  stampAt,
  stampOf,
} from "./file_stamps.ts";
import type { Image } from "./image.ts";
import type { ImagePayload, ImageSource } from "./source.ts";
import type { Survey, SurveyOptions } from "./survey.ts";

/** What is remembered; changed by whoever opens images. */
export interface ImageMemory {
  /** The images that were opened last. */
  last?: RememberedImages;
}

/** Images as they were opened. */
interface RememberedImages {
  /** Their paths, and how far they were reduced. */
  readonly place: string;
  readonly cache: DecodedCache;
  readonly surveyed: SurveyedImages;
  /** When they were looked at, in milliseconds since 1970. */
  readonly startMs: number;
  /** `sourceIndex` of each path, once one is asked for. */
  ranks?: ReadonlyMap<string, number>;
  /** Path of an image. */
  readonly pathOf: (sourceIndex: number) => string;
}

/** The part of a survey that is remembered. */
export type SurveyedImages = Pick<Survey, "usable" | "digests" | "stamps">;

/**
 * What the process remembers. Default: nothing; an app that opens the same
 * images several times provides a memory of its own, `{}`.
 */
export const ImageMemory: Context.Reference<ImageMemory | undefined> = Context
  .Reference<ImageMemory | undefined>("@deepcluster/data/ImageMemory", {
    defaultValue: () => undefined,
  });

/** How {@link openCache} keeps images. */
export interface OpenCacheOptions {
  /** Short side above which they are reduced while they are decoded. */
  readonly maxShortSide: number;
  /** Bytes of pixels kept in memory. */
  readonly memoryBytes: number;
}

/** A cache of decoded images, with what is remembered of them. */
export interface OpenedCache {
  /** For the images of the source, some of which may be there already. */
  readonly cache: DecodedCache;
  /** Tells of files that nobody has touched, for `survey`. */
  readonly known: Required<SurveyOptions>["known"];
  /**
   * Remembers what was found, for the next to open these images.
   *
   * @param surveyed What is known of the images.
   * @param startMs When that began, in milliseconds since 1970.
   */
  readonly remember: (surveyed: SurveyedImages, startMs: number) => void;
}

/**
 * Opens the cache of a source's decoded images: that of before, where the
 * process remembers these files, reduced as far; or a new one.
 *
 * Only files are remembered, each with its stamp: of a file that was touched
 * since, or that had just changed when it was looked at, nothing is known, and
 * no pixels are kept. A process remembers one source at a time.
 *
 * @param source The images.
 * @param options See {@link OpenCacheOptions}.
 * @returns The cache, or `CacheError`.
 */
export const openCache: (
  source: ImageSource,
  options: OpenCacheOptions,
) => Effect.Effect<OpenedCache, CacheError, Scope.Scope> = Effect.fn(
  "openCache",
)(function* (source, { maxShortSide, memoryBytes }) {
  const images = source.ids.length;
  const memory = yield* ImageMemory;
  if (memory === undefined) {
    const cache = yield* makeCache(images, { memoryBytes });
    return { cache, known: () => Effect.undefined, remember: () => {} };
  }
  const place = placeOf(source, maxShortSide);
  const last = memory.last?.place === place ? memory.last : undefined;
  // Pixels of others make room for the new ones.
  if (last === undefined) delete memory.last;
  const cache = last?.cache ?? (yield* makeCache(images, { memoryBytes }));
  const usable = new Set(last?.surveyed.usable);
  // Pixels of before may be in use elsewhere, and stay.
  const stale = new Set<number>();
  return {
    cache: {
      ...cache,
      get: (sourceIndex) =>
        stale.has(sourceIndex) ? Effect.undefined : cache.get(sourceIndex),
      put: (sourceIndex, image) =>
        stale.has(sourceIndex) ? Effect.void : cache.put(sourceIndex, image),
    },
    known: (sourceIndex, payload, stamp) =>
      Effect.sync(() => {
        if (last === undefined) return undefined;
        const isKnown = usable.has(sourceIndex) &&
          isAsBefore(last, sourceIndex, payload, stamp);
        if (!isKnown) {
          stale.add(sourceIndex);
          return undefined;
        }
        const at = 32 * sourceIndex;
        return { digest: last.surveyed.digests.subarray(at, at + 32) };
      }),
    remember: ({ usable, digests, stamps }, startMs) => {
      // Whoever opened them meanwhile knows more.
      const { last: newest } = memory;
      if (newest?.place === place && newest.startMs > startMs) return;
      const fresh = usable.filter((sourceIndex) => !stale.has(sourceIndex));
      const surveyed = { usable: fresh, digests, stamps };
      memory.last = {
        place,
        cache,
        surveyed,
        startMs,
        pathOf: (sourceIndex) => pathOf(source.payload(sourceIndex)),
      };
    },
  };
});

/**
 * Returns the pixels of an image that was opened, reduced as far, and that
 * nobody has touched since.
 *
 * @param payload The image as its source has it.
 * @param maxShortSide Short side above which it is reduced.
 * @param sinceMs Its file is not asked for its stamp again if it was opened
 * after this time, in milliseconds since 1970. Default: it always is.
 * @returns The pixels, not to be written to; `undefined` where they are not
 * remembered.
 */
export const rememberedImage: (
  payload: ImagePayload,
  maxShortSide: number,
  sinceMs?: number,
) => Effect.Effect<Image | undefined> = Effect.fnUntraced(function* (
  payload,
  maxShortSide,
  sinceMs = Infinity,
) {
  const last = (yield* ImageMemory)?.last;
  if (payload.kind !== "file" || last === undefined) return undefined;
  if (!last.place.startsWith(`${maxShortSide} `)) return undefined;
  const sourceIndex = ranksOf(last).get(payload.path);
  if (sourceIndex === undefined) return undefined;
  const stamp = last.startMs >= sinceMs
    ? stampAt(last.surveyed.stamps, sourceIndex)
    : yield* stampOf(payload);
  return isAsBefore(last, sourceIndex, payload, stamp)
    ? yield* Effect.orElseSucceed(last.cache.get(sourceIndex), () => undefined)
    : undefined;
});

const isAsBefore = (
  { surveyed, startMs }: RememberedImages,
  sourceIndex: number,
  { kind }: ImagePayload,
  stamp: FileStamp,
): boolean => {
  const before = stampAt(surveyed.stamps, sourceIndex);
  return kind === "file" && isUntouched(before, stamp) &&
    isSettled(before, startMs);
};

/** Names images by where they lie, and how far they are reduced. */
const placeOf = (source: ImageSource, maxShortSide: number): string => {
  const hash = createHash("sha256");
  for (const sourceIndex of source.ids.keys()) {
    hash.update(`${JSON.stringify(pathOf(source.payload(sourceIndex)))}\n`);
  }
  return `${maxShortSide} ${hash.digest("hex")}`;
};

const pathOf = (payload: ImagePayload): string =>
  payload.kind === "file" ? payload.path : "";

/** Ranks of the usable images by their paths. */
const ranksOf = (last: RememberedImages): ReadonlyMap<string, number> =>
  last.ranks ??= new Map(
    Array.from(
      last.surveyed.usable,
      (sourceIndex) => [last.pathOf(sourceIndex), sourceIndex],
    ),
  );
