/**
 * The images of both sides, looked at once: which can be decoded, and what
 * tells them from others.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import {
  type CacheError,
  decodedShortSideFor,
  decoderVersion,
  type ImageSet,
  imageSet,
  type ImageSource,
  type Labels,
  labelsAt,
  openCache,
  survey,
  type SurveyOptions,
  type TooManyUnreadableError,
} from "@deepcluster/data";
import { decodeOptionsOf, type LayeredModel } from "@deepcluster/features";
import {
  type FolderInUseError,
  folderStore,
  sharedLock,
  type StorageError,
} from "@deepcluster/storage";
import { Clock, Effect, type Scope } from "effect";
import { resolve } from "node:path";
import { digestsAt, imagesIdentity, surveyKey } from "./cache_keys.ts";
import type { EvaluationData } from "./evaluation_data.ts";
import { readKnownImages, writeKnownImages } from "./known_images.ts";

/** Images of a source that can be decoded, or some of these. */
export interface ReadableImages extends ImageSet {
  /** Tells these images from all others, by content; see `imagesIdentity`. */
  readonly identity: string;
  /** SHA-256 of each image of the source, 32 bytes after 32 bytes. */
  readonly digests: Uint8Array;
  /** Position in the source of each image, ascending, shape `[size]`. */
  readonly sourceIndices: Int32Array;
  /** Names of images of the source that cannot be decoded and are left out. */
  readonly unreadable: readonly string[];
}

/** Images that can be decoded and have a label. */
export interface EvaluationImages extends ReadableImages {
  /** Class of each image, shape `[size]`, in `classNames`. */
  readonly labels: Int32Array;
  /** Names of the classes that these images have, and no others. */
  readonly classNames: readonly string[];
}

/** What {@link openEvaluationImages} needs besides the data. */
export interface OpenImagesOptions {
  /** Side of the square that models see, in pixels. */
  readonly size: number;
  /**
   * Short side above which images are reduced while they are decoded; Infinity:
   * they are not. Default: what suits the paper's crops of that size.
   */
  readonly maxShortSide?: number;
  /** Folder in which what was found is kept for the next time. */
  readonly folder: string;
  /** Largest fraction of unreadable images, from 0 to 1. Default: 0.05. */
  readonly maxUnreadableShare?: number;
  /** Memory for decoded images. Default: 1 GiB. */
  readonly cacheBytes?: number;
  /**
   * What others know of images, reduced as far and decoded by the same decoder,
   * where the folder knows nothing. Default: nothing.
   */
  readonly known?: Required<SurveyOptions>["known"];
}

/**
 * Says how images are opened for a model.
 *
 * @param model The model.
 * @returns Its size, and how far images are reduced where that is its own.
 */
export const imagesFor = (
  model: Pick<LayeredModel, "encoder" | "size">,
): Pick<OpenImagesOptions, "size" | "maxShortSide"> => ({
  size: model.size,
  ...model.encoder && { maxShortSide: Infinity, ...decodeOptionsOf(model) },
});

/** What {@link openEvaluationImages} fails with. */
export type OpenEvaluationImagesError =
  | TooManyUnreadableError
  | CacheError
  | FolderInUseError
  | StorageError;

/**
 * Looks at all images, except at files that were looked at before and that
 * nobody has touched since.
 *
 * The first time, every file is read, hashed and decoded, as fast as the disk
 * and the processors allow; from then on its stamp alone is asked for. A set
 * at another path is read for itself, be its names, sizes and times the same.
 *
 * @param data The images.
 * @param options See {@link OpenImagesOptions}.
 * @returns Those that can be decoded and have a label, while the scope lasts;
 * or `TooManyUnreadableError`, `CacheError`, `StorageError`, or
 * `FolderInUseError` when files are being removed from the folder.
 */
export const openEvaluationImages: (
  data: Pick<EvaluationData, "source" | "labels">,
  options: OpenImagesOptions,
) => Effect.Effect<
  EvaluationImages,
  OpenEvaluationImagesError,
  Progress | Scope.Scope
> = Effect.fn("openEvaluationImages")(function* ({ source, labels }, options) {
  const images = yield* openReadableImages(
    source,
    options,
    (sourceIndex) => labels.classes[sourceIndex]! >= 0,
  );
  return { ...images, ...occurring(labelsAt(labels, images.sourceIndices)) };
});

/**
 * Looks at images as {@link openEvaluationImages} does, without labels.
 *
 * @param source The images.
 * @param options See {@link OpenImagesOptions}.
 * @param isWanted Whether an image of the source is used. Default: all are.
 * @returns Those that can be decoded, while the scope lasts; or its errors.
 */
export const openReadableImages: (
  source: ImageSource,
  options: OpenImagesOptions,
  isWanted?: (sourceIndex: number) => boolean,
) => Effect.Effect<
  ReadableImages,
  OpenEvaluationImagesError,
  Progress | Scope.Scope
> = Effect.fn("openReadableImages")(
  function* (source, options, isWanted = () => true) {
    const { size, folder, cacheBytes = 2 ** 30, maxUnreadableShare } = options;
    const { known: knownElsewhere = () => Effect.undefined } = options;
    yield* sharedLock(folder);
    const { maxShortSide = decodedShortSideFor(size) } = options;
    const { cache, known: knownHere, remember } = yield* openCache(source, {
      maxShortSide,
      memoryBytes: cacheBytes,
    });
    const store = folderStore(folder);
    const key = surveyKey({
      source: resolve(source.name),
      maxShortSide: Number.isFinite(maxShortSide) ? maxShortSide : 0,
      decoder: decoderVersion,
    });
    const path = `images/${key}.tsv`;
    const startMs = yield* Clock.currentTimeMillis;
    const known = yield* readKnownImages(store, path, source);
    let unlisted = 0;
    const found = yield* survey(source, {
      maxShortSide,
      cache,
      known: Effect.fnUntraced(function* (...image) {
        const here = yield* knownHere(...image);
        const listed = yield* known.recall(...image);
        if (listed === undefined) unlisted++;
        return listed ?? here ?? (yield* knownElsewhere(...image));
      }),
      ...maxUnreadableShare !== undefined && {
        maxUnreadableFraction: maxUnreadableShare,
      },
    });
    remember(found, startMs);
    if (unlisted > 0) {
      yield* writeKnownImages(store, path, source, found, known, startMs);
    }
    const { stamps, digests } = found;
    const sourceIndices = found.usable.filter(isWanted);
    return {
      ...imageSet(source, {
        usable: sourceIndices,
        maxShortSide,
        cache,
        stamps,
        digests,
      }),
      identity: imagesIdentity({
        digests: digestsAt(digests, sourceIndices),
        size,
        ...options.maxShortSide !== undefined && {
          maxShortSide: options.maxShortSide,
        },
        decoder: decoderVersion,
      }),
      digests,
      sourceIndices,
      unreadable: found.unreadable.map(({ id }) => id),
    };
  },
);

/** A class whose images cannot be decoded is none: nothing is right of it. */
const occurring = ({ names, classes }: Labels) => {
  const numbers = [...new Set(classes)].sort((a, b) => a - b);
  const numberOf = new Map(numbers.map((label, number) => [label, number]));
  return {
    labels: classes.map((label) => numberOf.get(label)!),
    classNames: numbers.map((label) => names[label]!),
  };
};
