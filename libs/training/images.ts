/**
 * The images of a run: looked at once at its start, and the same ever after.
 *
 * @module
 */
import {
  contentHashOf,
  decodedShortSideFor,
  digestAt,
  type FileStamps,
  fingerprintOf,
  type ImageSet,
  imageSet,
  type ImageSource,
  isSettled,
  makeCache,
  setDigest,
  stampAt,
  stampFiles,
  type Survey,
  survey,
} from "@deepcluster/data";
import {
  type Journal,
  readRunImages,
  requireImages,
  type RunConfiguration,
  RunFolder,
  type RunImageTables,
  writeRunImages,
} from "@deepcluster/runs";
import { CheckpointStore, type Store } from "@deepcluster/storage";
import { Clock, Effect, Option, Schema } from "effect";
import { ImagesChangedError } from "./errors.ts";

/** The images that a run uses. */
export interface RunImages extends ImageSet {
  /** Position in the source of each image, shape `[size]`. */
  readonly usable: Int32Array;
  /** Images of the source that are left out as unreadable. */
  readonly unreadable: number;
  /** Tells these images from all others. */
  readonly contentHash: string;
}

/** What the journal keeps of the first survey; never changed. */
const SurveyResult = Schema.Struct({ contentHash: Schema.String });

/**
 * Name of the journal's entry that spares reading the files again: the
 * fingerprint of the files in which this content was seen last.
 */
const fingerprintEntry = "fingerprint";

/**
 * Opens the images of a run.
 *
 * The first time, every image is decoded once: `images.tsv` lists those that
 * can be, `unreadable.tsv` the others with their reasons. From then on the
 * images must be the same by their content, wherever they lie. Files at the
 * same paths that nobody has touched since are not read again; otherwise all
 * are, once, which takes as long as the first time. Where the names have
 * changed with the place, as absolute paths do, the run keeps those that it
 * began with, and reads all files each time.
 *
 * @param configuration The run's settings.
 * @param source All images, without labels.
 * @param options Memory for decoded images. Default: 1 GiB.
 * @returns The images, while the scope lasts; or `ImagesChangedError`,
 * `TooManyUnreadableError`, `TooManyClustersError` when too few are left, or
 * the errors of the run folder.
 */
export const openImages = Effect.fn("openImages")(function* (
  configuration: RunConfiguration,
  source: ImageSource,
  options: { readonly cacheBytes?: number } = {},
) {
  const store = yield* CheckpointStore;
  const { journal } = yield* RunFolder;
  const maxShortSide = decodedShortSideFor(configuration.size);
  const cache = yield* makeCache(source.ids.length, {
    memoryBytes: options.cacheBytes ?? 2 ** 30,
  });
  const look = survey(source, {
    maxShortSide,
    cache,
    maxUnreadableShare: configuration.maxUnreadableShare,
  });
  const earlier = yield* journal.get("survey");
  const found = yield* Option.match(earlier, {
    onNone: () => remember(store, journal, source, look),
    onSome: (before) => requireSame(store, journal, source, before, look),
  });
  yield* requireImages(configuration, source.ids.length, found.unreadable);
  const { ids, ...same } = found;
  return {
    ...imageSet({ ...source, ids }, { maxShortSide, cache, ...same }),
    ...same,
  } satisfies RunImages;
});

/** Tables first, so that the journal never knows more than they tell. */
const remember = Effect.fnUntraced(function* <E, R>(
  store: Store,
  journal: Journal,
  source: ImageSource,
  look: Effect.Effect<Survey, E, R>,
) {
  const startMs = yield* Clock.currentTimeMillis;
  const found = yield* look;
  yield* writeRunImages(store, tablesOf(source, found));
  yield* journal.put("survey", { contentHash: found.contentHash });
  yield* noteFingerprint(journal, found, startMs);
  return {
    ...found,
    unreadable: found.unreadable.length,
    ids: source.ids,
  };
});

const tablesOf = (
  { ids }: Pick<ImageSource, "ids">,
  { usable, unreadable, digests }: Survey,
): Required<RunImageTables> => ({
  ids: Array.from(usable, (position) => ids[position]!),
  sha256s: Array.from(usable, (position) => digestAt(digests, position)),
  leftOut: unreadable,
});

/** Files that were changed just now may change again without it showing. */
const noteFingerprint = Effect.fnUntraced(function* (
  journal: Journal,
  { fingerprint, stamps }: Survey,
  startMs: number,
) {
  yield* journal.forget([fingerprintEntry]);
  const settled = stamps.sizes.every((_, position) =>
    isSettled(stampAt(stamps, position), startMs)
  );
  if (settled) yield* journal.put(fingerprintEntry, fingerprint);
});

/** The images of an earlier process, if the source still holds them. */
const requireSame = Effect.fnUntraced(function* <E, R>(
  store: Store,
  journal: Journal,
  source: ImageSource,
  journaled: unknown,
  look: Effect.Effect<Survey, E, R>,
) {
  const { contentHash } = yield* Effect.orDie(
    Schema.decodeUnknownEffect(SurveyResult)(journaled),
  );
  const tables = yield* readRunImages(store);
  const startMs = yield* Clock.currentTimeMillis;
  const stamps = yield* stampFiles(source);
  const fingerprint = yield* journal.get(fingerprintEntry);
  if (Option.contains(fingerprint, fingerprintOf(source, stamps))) {
    const found = foundBefore(source, tables, stamps);
    if (found !== undefined) return { ...found, contentHash };
  }
  yield* Effect.logInfo(
    Option.isSome(fingerprint)
      ? "Image files were moved or touched: reading them all again"
      : "Reading all images again, to see that they are the same",
  );
  const now = yield* look;
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
  yield* noteFingerprint(journal, now, startMs);
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
    Array.from(usable, (position, index) => [position, tables.ids[index]!]),
  );
  let leftOut = 0;
  const before = ids.map((_, position) =>
    names.get(position) ?? tables.leftOut[leftOut++]!.id
  );
  return contentHashOf({ ids: before }, digests) === expected
    ? before
    : undefined;
};

/** What the first survey found, for files that were left alone since. */
const foundBefore = (
  { ids }: ImageSource,
  { ids: usableIds, sha256s, leftOut }: RunImageTables,
  stamps: FileStamps,
) => {
  if (sha256s === undefined) return undefined;
  const unreadable = new Set(leftOut.map(({ id }) => id));
  const usable = Int32Array.from(ids.keys())
    .filter((position) => !unreadable.has(ids[position]!));
  const digests = new Uint8Array(32 * ids.length);
  for (const [index, position] of usable.entries()) {
    if (usableIds[index] !== ids[position]) return undefined;
    setDigest(digests, position, sha256s[index]!);
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
  const place = before.findIndex((id, i) => id !== now[i]);
  if (place >= 0) {
    const contents = Array.from(usable, (i) => digestAt(digests, i));
    if (sha256s !== undefined && sameMembers(contents, sha256s)) {
      const index = contents.findIndex((digest, i) => digest !== sha256s[i]);
      const first = ids[usable[index] ?? 0];
      return `${first} (the same images in another order)`;
    }
    return now.includes(before[place]!)
      ? `${now[place]} (new)`
      : `${before[place]} (gone)`;
  }
  if (now.length > before.length) return `${now[before.length]} (new)`;
  if (sha256s === undefined) return "the content of a file";
  const known = new Map(tables.ids.map((id, index) => [id, sha256s[index]]));
  const changed = ids.findIndex((id, position) =>
    known.has(id) && known.get(id) !== digestAt(digests, position)
  );
  return changed < 0
    ? "the order of the images, or one that is left out"
    : `${ids[changed]} (other content)`;
};

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  `${a.toSorted()}` === `${b.toSorted()}`;
