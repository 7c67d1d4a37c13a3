/**
 * The images of a run: looked at once at its start, and the same ever after.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import {
  type CacheError,
  contentHashOf,
  decodedShortSideFor,
  digestAt,
  type FileStamps,
  fingerprintOf,
  type ImageSet,
  imageSet,
  type ImageSource,
  openCache,
  setDigest,
  stampFiles,
  type Survey,
  survey,
  type TooManyUnreadableError,
} from "@deepcluster/data";
import {
  type Journal,
  type JournalError,
  noteSurveyedFiles,
  readFingerprint,
  readRunImages,
  requireImages,
  type RunConfiguration,
  RunFolder,
  type RunImageTables,
  type TooManyClustersError,
  writeRunImages,
} from "@deepcluster/runs";
import {
  CheckpointStore,
  type Store,
  type TableError,
} from "@deepcluster/storage";
import { Clock, Effect, Option, Schema, type Scope } from "effect";
import { ImagesChangedError } from "./errors.ts";

/** The images that a run uses. */
export interface RunImages extends ImageSet {
  /** `sourceIndex` of each image, shape `[size]`. */
  readonly usable: Int32Array;
  /** Images of the source that are left out as unreadable. */
  readonly unreadable: number;
  /**
   * SHA-256 of each image of the source, 32 bytes each; of those that are left
   * out it may be zeros.
   */
  readonly digests: Uint8Array;
  /** Identifies these images by their content. */
  readonly contentHash: string;
}

/** What {@link openImages} can fail with. */
export type OpenImagesError =
  | CacheError
  | ImagesChangedError
  | JournalError
  | TableError
  | TooManyClustersError
  | TooManyUnreadableError;

/** What the journal keeps of the first survey; never changed. */
const SurveyResult = Schema.Struct({ contentHash: Schema.String });

/**
 * Opens the images of a run.
 *
 * The first time, every image is decoded once: `images.tsv` lists those that
 * can be, `unreadable.tsv` the others with their reasons. From then on the
 * images must be the same by their content, wherever they are. Files at the
 * same paths that nobody has touched since are not read again; otherwise all
 * are, once, which takes as long as the first time. Where the names have
 * changed with the folder, as absolute paths do, the run keeps those that it
 * began with, and reads all files each time.
 *
 * @param configuration The run's settings.
 * @param source All images, without labels.
 * @param options Memory for decoded images. Default: 1 GiB.
 * @returns The images, while the scope lasts; or `ImagesChangedError`,
 * `TooManyUnreadableError`, `TooManyClustersError` when too few are left, or
 * the errors of the run folder.
 */
export const openImages: (
  configuration: RunConfiguration,
  source: ImageSource,
  options?: { readonly cacheBytes?: number },
) => Effect.Effect<
  RunImages,
  OpenImagesError,
  CheckpointStore | Progress | RunFolder | Scope.Scope
> = Effect.fn("openImages")(function* (configuration, source, options = {}) {
  const store = yield* CheckpointStore;
  const { journal } = yield* RunFolder;
  const maxShortSide = decodedShortSideFor(configuration.size);
  const startMs = yield* Clock.currentTimeMillis;
  const { cache, known, remember: rememberImages } = yield* openCache(source, {
    maxShortSide,
    memoryBytes: options.cacheBytes ?? 2 ** 30,
  });
  const run = { store, journal, source, maxShortSide };
  const surveying = survey(source, {
    maxShortSide,
    cache,
    known,
    maxUnreadableFraction: configuration.maxUnreadableShare,
  });
  const earlier = yield* journal.get("survey");
  const surveyed = yield* Option.match(earlier, {
    onNone: () => remember(run, surveying),
    onSome: (before) => requireSame(run, before, surveying),
  });
  rememberImages(surveyed, startMs);
  yield* requireImages(configuration, source.ids.length, surveyed.unreadable);
  const { ids, ...same } = surveyed;
  return {
    ...imageSet({ ...source, ids }, { maxShortSide, cache, ...same }),
    ...same,
  };
});

/** A run, and how its images are opened. */
interface OpenedRun {
  readonly store: Store;
  readonly journal: Journal;
  readonly source: ImageSource;
  readonly maxShortSide: number;
}

/** Writes the tables first, so that the journal never knows more than they hold. */
const remember = Effect.fnUntraced(function* <E, R>(
  { store, journal, source, maxShortSide }: OpenedRun,
  surveying: Effect.Effect<Survey, E, R>,
) {
  const startMs = yield* Clock.currentTimeMillis;
  const surveyed = yield* surveying;
  yield* writeRunImages(store, tablesOf(source, surveyed));
  yield* journal.put("survey", { contentHash: surveyed.contentHash });
  yield* noteSurveyedFiles(journal, surveyed, startMs, maxShortSide);
  return {
    ...surveyed,
    unreadable: surveyed.unreadable.length,
    ids: source.ids,
  };
});

const tablesOf = (
  { ids }: Pick<ImageSource, "ids">,
  { usable, unreadable, digests }: Survey,
): Required<RunImageTables> => ({
  ids: Array.from(usable, (sourceIndex) => ids[sourceIndex]!),
  sha256s: Array.from(usable, (sourceIndex) => digestAt(digests, sourceIndex)),
  leftOut: unreadable,
});

/** The images of an earlier process, if the source still holds them. */
const requireSame = Effect.fnUntraced(function* <E, R>(
  { store, journal, source, maxShortSide }: OpenedRun,
  journaled: unknown,
  surveying: Effect.Effect<Survey, E, R>,
) {
  const { contentHash } = yield* Effect.orDie(
    Schema.decodeUnknownEffect(SurveyResult)(journaled),
  );
  const tables = yield* readRunImages(store);
  const startMs = yield* Clock.currentTimeMillis;
  const stamps = yield* stampFiles(source);
  const fingerprint = yield* readFingerprint(journal);
  if (Option.contains(fingerprint, fingerprintOf(source, stamps))) {
    const surveyed = surveyedBefore(source, tables, stamps);
    if (surveyed !== undefined) return { ...surveyed, contentHash };
  }
  yield* Effect.logInfo(
    Option.isSome(fingerprint)
      ? "Image files were moved or touched: reading them all again"
      : "Reading all images again, to see that they are the same",
  );
  const now = yield* surveying;
  const ids = namesBefore(source, tables, now, contentHash);
  if (ids === undefined) {
    return yield* new ImagesChangedError({
      source: source.name,
      before: tables.ids.length + tables.leftOut.length,
      now: source.ids.length,
      first: firstDifference(source, tables, now),
    });
  }
  yield* writeRunImages(store, tablesOf({ ids }, now));
  yield* noteSurveyedFiles(journal, now, startMs, maxShortSide);
  return { ...now, unreadable: now.unreadable.length, contentHash, ids };
});

/** The names that a run began with, if these are its images in their order. */
const namesBefore = (
  { ids }: ImageSource,
  tables: RunImageTables,
  { contentHash, digests, unreadable, usable }: Survey,
  expected: string,
): readonly string[] | undefined => {
  if (contentHash === expected) return ids;
  const counts = [usable.length, unreadable.length];
  if (`${counts}` !== `${[tables.ids.length, tables.leftOut.length]}`) {
    return undefined;
  }
  const names = new Map(
    Array.from(
      usable,
      (sourceIndex, index) => [sourceIndex, tables.ids[index]!],
    ),
  );
  let leftOut = 0;
  const before = ids.map((_, sourceIndex) =>
    names.get(sourceIndex) ?? tables.leftOut[leftOut++]!.id
  );
  return contentHashOf({ ids: before }, digests) === expected
    ? before
    : undefined;
};

/** What the first survey found, for files that were left alone since. */
const surveyedBefore = (
  { ids }: ImageSource,
  { ids: usableIds, sha256s, leftOut }: RunImageTables,
  stamps: FileStamps,
) => {
  if (sha256s === undefined) return undefined;
  const unreadable = new Set(leftOut.map(({ id }) => id));
  const usable = Int32Array.from(ids.keys())
    .filter((sourceIndex) => !unreadable.has(ids[sourceIndex]!));
  const digests = new Uint8Array(32 * ids.length);
  for (const [index, sourceIndex] of usable.entries()) {
    if (usableIds[index] !== ids[sourceIndex]) return undefined;
    setDigest(digests, sourceIndex, sha256s[index]!);
  }
  return { usable, unreadable: unreadable.size, stamps, digests, ids };
};

const firstDifference = (
  { ids }: ImageSource,
  tables: RunImageTables,
  { digests, usable }: Survey,
): string => {
  const { sha256s } = tables;
  const before = [...tables.ids, ...tables.leftOut.map(({ id }) => id)].sort();
  const now = [...ids].sort();
  const first = before.findIndex((id, i) => id !== now[i]);
  if (first >= 0) {
    const contents = Array.from(usable, (i) => digestAt(digests, i));
    if (sha256s !== undefined && sameMembers(contents, sha256s)) {
      const index = contents.findIndex((digest, i) => digest !== sha256s[i]);
      return `${ids[usable[index] ?? 0]} (the same images in another order)`;
    }
    return now.includes(before[first]!)
      ? `${now[first]} (new)`
      : `${before[first]} (gone)`;
  }
  if (now.length > before.length) return `${now[before.length]} (new)`;
  if (sha256s === undefined) return "the content of a file";
  const known = new Map(tables.ids.map((id, index) => [id, sha256s[index]]));
  const changed = ids.findIndex((id, sourceIndex) =>
    known.has(id) && known.get(id) !== digestAt(digests, sourceIndex)
  );
  return changed < 0
    ? "the order of the images, or one that is left out"
    : `${ids[changed]} (other content)`;
};

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  `${a.toSorted()}` === `${b.toSorted()}`;
