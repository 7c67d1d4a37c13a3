/**
 * The images of a run: looked at once at its start, and the same ever after.
 *
 * @module
 */
import {
  folderStore,
  type Journal,
  openJournal,
  readTable,
  runFiles,
  type Store,
  writeTable,
} from "@deepcluster/checkpoint";
import {
  decodedShortSideFor,
  fingerprintOf,
  type ImageSet,
  imageSet,
  type ImageSource,
  makeCache,
  stampFiles,
  type Survey,
  survey,
} from "@deepcluster/data";
import { Effect, Option, Schema } from "effect";
import { join } from "node:path";
import { requireImages } from "./clusters_rule.ts";
import type { RunConfiguration } from "./configuration.ts";
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

/** What the journal keeps of a survey. */
const SurveyResult = Schema.Struct({
  contentHash: Schema.String,
  fingerprint: Schema.String,
});

const imageColumns = ["path"];
const unreadableColumns = ["path", "reason"];

/**
 * Opens the images of a run.
 *
 * The first time, every image is decoded once: `images.tsv` lists those that
 * can be, `unreadable.tsv` the others with their reasons. From then on the
 * images must be the same: by size and time of their files or, where these
 * differ, by their content.
 *
 * @param folder The run folder, whose lock the caller holds.
 * @param configuration The run's settings.
 * @param source All images, without labels.
 * @param options Memory for decoded images; 1 GiB when absent.
 * @returns The images, while the scope lasts; or `ImagesChangedError`,
 * `TooManyUnreadableError`, `TooManyClustersError` when too few are left, or
 * the errors of the run folder.
 */
export const openImages = Effect.fn("openImages")(function* (
  folder: string,
  configuration: RunConfiguration,
  source: ImageSource,
  options: { readonly cacheBytes?: number } = {},
) {
  const store = folderStore(folder);
  const maxShortSide = decodedShortSideFor(configuration.size);
  const cache = yield* makeCache(source.ids.length, {
    memoryBytes: options.cacheBytes ?? 2 ** 30,
  });
  const look = survey(source, {
    maxShortSide,
    cache,
    maxUnreadableShare: configuration.maxUnreadableShare,
  });
  const found = yield* Effect.scoped(Effect.gen(function* () {
    const journal = yield* openJournal(join(folder, runFiles.journal));
    const earlier = yield* journal.get("survey");
    return yield* Option.match(earlier, {
      onNone: () =>
        Effect.map(
          Effect.tap(look, (found) => remember(store, journal, source, found)),
          (found) => ({ ...found, unreadable: found.unreadable.length }),
        ),
      onSome: (before) => requireSame(store, source, before, look),
    });
  }));
  yield* requireImages(configuration, source.ids.length, found.unreadable);
  return {
    ...imageSet(source, { maxShortSide, cache, ...found }),
    ...found,
  } satisfies RunImages;
});

/** Tables first, so that the journal never knows more than they tell. */
const remember = Effect.fnUntraced(function* (
  store: Store,
  journal: Journal,
  { ids }: ImageSource,
  { usable, unreadable, contentHash, fingerprint }: Survey,
) {
  yield* writeTable(
    store,
    runFiles.images,
    imageColumns,
    Iterator.from(usable).map((position) => [ids[position]!]),
  );
  yield* writeTable(
    store,
    runFiles.unreadable,
    unreadableColumns,
    unreadable.map(({ id, reason }) => [id, reason]),
  );
  yield* journal.put("survey", { contentHash, fingerprint });
});

/** The images of an earlier process, if the source still holds them. */
const requireSame = Effect.fnUntraced(function* <E, R>(
  store: Store,
  source: ImageSource,
  journaled: unknown,
  look: Effect.Effect<Survey, E, R>,
) {
  const before = yield* Effect.orDie(
    Schema.decodeUnknownEffect(SurveyResult)(journaled),
  );
  const stamps = yield* stampFiles(source);
  const unreadable = new Set(yield* readColumn(store, runFiles.unreadable));
  if (fingerprintOf(source, stamps) === before.fingerprint) {
    const usable = Int32Array.from(source.ids.keys())
      .filter((position) => !unreadable.has(source.ids[position]!));
    return { ...before, usable, unreadable: unreadable.size, stamps };
  }
  yield* Effect.logInfo("Image files were touched: reading them all again");
  const now = yield* look;
  if (now.contentHash === before.contentHash) {
    return { ...now, unreadable: now.unreadable.length };
  }
  const earlier = [...yield* readColumn(store, runFiles.images), ...unreadable]
    .sort();
  const later = [...source.ids].sort();
  return yield* new ImagesChangedError({
    source: source.name,
    before: earlier.length,
    now: later.length,
    first: firstDifference(earlier, later),
  });
});

const firstDifference = (
  before: readonly string[],
  now: readonly string[],
): string => {
  const place = before.findIndex((id, i) => id !== now[i]);
  if (place >= 0) {
    return now.includes(before[place]!)
      ? `${now[place]} (new)`
      : `${before[place]} (gone)`;
  }
  return now.length > before.length
    ? `${now[before.length]} (new)`
    : "the content of a file";
};

/** The first column of one of the run's tables. */
const readColumn = Effect.fnUntraced(function* (
  store: Store,
  table: typeof runFiles.images | typeof runFiles.unreadable,
) {
  const paths: string[] = [];
  const columns = table === runFiles.images ? imageColumns : unreadableColumns;
  yield* readTable(store, table, columns, ([path]) => paths.push(path!));
  return paths;
});
