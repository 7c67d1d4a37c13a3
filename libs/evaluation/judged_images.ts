/**
 * The images of both sides, looked at once: which can be decoded, and what
 * tells them from others.
 *
 * @module
 */
import {
  folderStore,
  sha256Of,
  type StorageError,
} from "@deepcluster/checkpoint";
import type { Progress } from "@deepcluster/core";
import {
  type CacheError,
  decodedShortSideFor,
  fingerprintOf,
  type ImageSet,
  imageSet,
  type Labels,
  labelsAt,
  makeCache,
  stampFiles,
  survey,
  type TooManyUnreadableError,
} from "@deepcluster/data";
import { type } from "arktype";
import { Effect, type Scope } from "effect";
import type { JudgedData } from "./judged_data.ts";

/** Images that can be decoded and have a label. */
export interface JudgedImages extends ImageSet {
  /** Tells these images from all others; 64 hexadecimal digits. */
  readonly identity: string;
  /** Position in the source of each image, ascending, shape `[size]`. */
  readonly positions: Int32Array;
  /** Class of each image, shape `[size]`, in `classNames`. */
  readonly labels: Int32Array;
  /** Names of the classes that these images have, and no others. */
  readonly classNames: readonly string[];
  /** Names of images that cannot be decoded and are left out. */
  readonly unreadable: readonly string[];
}

/** What {@link openJudgedImages} needs besides the data. */
export interface OpenImagesOptions {
  /** Side of the square that models see, in pixels. */
  readonly size: number;
  /** Folder in which what was found is kept for the next time. */
  readonly folder: string;
  /** Memory for decoded images; 1 GiB when absent. */
  readonly cacheBytes?: number;
}

const Found = type("string.json.parse").to({ unreadable: "string[]" });

/**
 * Looks at all images, unless an earlier process has with files of the same
 * sizes and times.
 *
 * @param data The images.
 * @param options See {@link OpenImagesOptions}.
 * @returns Those that can be decoded and have a label, while the scope lasts;
 * or `TooManyUnreadableError` when more than one in twenty cannot be decoded,
 * `CacheError` or `StorageError`.
 */
export const openJudgedImages = Effect.fn("openJudgedImages")(function* (
  { source, labels }: JudgedData,
  { size, folder, cacheBytes = 2 ** 30 }: OpenImagesOptions,
): Effect.fn.Return<
  JudgedImages,
  TooManyUnreadableError | CacheError | StorageError,
  Progress | Scope.Scope
> {
  const maxShortSide = decodedShortSideFor(size);
  const cache = yield* makeCache(source.ids.length, {
    memoryBytes: cacheBytes,
  });
  const stamps = yield* stampFiles(source);
  const fingerprint = fingerprintOf(source, stamps);
  const store = folderStore(folder);
  const path = `images/${fingerprint.slice(0, 24)}.json`;
  const earlier = Found(
    (yield* store.list("images/")).includes(path)
      ? new TextDecoder().decode(yield* store.read(path))
      : "",
  );
  let unreadable: readonly string[];
  if (earlier instanceof type.errors) {
    const found = yield* survey(source, { maxShortSide, cache });
    unreadable = found.unreadable.map(({ id }) => id);
    const text = JSON.stringify({ unreadable }) + "\n";
    yield* store.put(path, new TextEncoder().encode(text));
  } else unreadable = earlier.unreadable;
  const gone = new Set(unreadable);
  const positions = Int32Array.from(source.ids.keys()).filter((position) =>
    labels.classes[position]! >= 0 && !gone.has(source.ids[position]!)
  );
  const which = new TextEncoder().encode(
    `${fingerprint} ${size} ${positions.join()}`,
  );
  return {
    ...imageSet(source, { usable: positions, maxShortSide, cache, stamps }),
    identity: sha256Of(which),
    positions,
    ...occurring(labelsAt(labels, positions)),
    unreadable,
  };
});

/** A class whose images cannot be decoded is none: nothing is right of it. */
const occurring = ({ names, classes }: Labels) => {
  const numbers = [...new Set(classes)].sort((a, b) => a - b);
  const numberOf = new Map(numbers.map((label, number) => [label, number]));
  return {
    labels: classes.map((label) => numberOf.get(label)!),
    classNames: numbers.map((label) => names[label]!),
  };
};
