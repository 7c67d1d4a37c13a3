/**
 * An index, opened to be searched: a snapshot that later updates by other
 * processes do not change.
 *
 * Opening reads no vector and no image's row: 100 000 of them open in some
 * milliseconds.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { Effect, type Scope } from "effect";
import { join } from "node:path";
import { readCentroids } from "./centroids.ts";
import { computeAgain, indexAgain } from "./errors.ts";
import { type IndexArrays, readIndexArray } from "./index_arrays.ts";
import {
  type IndexReadError,
  type IndexState,
  indexStateOf,
  openIndexDatabase,
  requireIntactDatabase,
} from "./index_database.ts";
import { vectorsName } from "./index_files.ts";
import {
  type IndexSettings,
  readIndexSettings,
  type ReadIndexSettingsError,
} from "./index_settings.ts";
import {
  imageQueries,
  type IndexedImage,
  type SkippedImage,
} from "./indexed_image.ts";
import {
  readVectors,
  recordedBlocks,
  type VectorReader,
} from "./vector_file.ts";

/**
 * An index that is open. `live`, `clusters`, `distances`, `images` and
 * `skipped` are read when they are first asked for, and throw where the
 * database is damaged.
 */
export interface SearchIndex extends IndexArrays {
  /** Its folder. */
  readonly folder: string;
  /** What decides its vectors. */
  readonly settings: IndexSettings;
  /** Its state as a whole; an update that was stopped leaves it incomplete. */
  readonly state: IndexState;
  /**
   * `[rows, d]`, of length 1; rows that only removed images had are among
   * them. A block is checked when it is first read.
   */
  readonly vectors: VectorReader;
  /** Fails where the database is damaged; reads all of it. */
  readonly requireIntactDatabase: Effect.Effect<void, IndexReadError>;
  /** `[k, c]`; `[0, d]` without clusters. */
  readonly centroids: Matrix;
  /** Number of present images. */
  readonly imageCount: number;
  /** All present images, by id: some microseconds each at the first use. */
  readonly images: readonly IndexedImage[];
  /** Present images, by id, from a rank on. */
  readonly page: (offset: number, limit: number) => readonly IndexedImage[];
  /** The present image with an id. */
  readonly image: (id: number) => IndexedImage | undefined;
  /** The present image with a name in a source. */
  readonly imageAt: (root: string, path: string) => IndexedImage | undefined;
  /** The present images that have a row, by id: copies of each other. */
  readonly imagesOf: (row: number) => readonly IndexedImage[];
  /** Files that are not indexed, by source and name. */
  readonly skipped: readonly SkippedImage[];
}

/** What {@link openSearchIndex} fails with. */
export type OpenSearchIndexError = ReadIndexSettingsError | IndexReadError;

/**
 * Opens an index while the scope lasts.
 *
 * @param folder The index folder.
 * @returns The index, or `NotAnIndexError`, `DamagedIndexError` or
 * `StorageError`.
 */
export const openSearchIndex: (
  folder: string,
) => Effect.Effect<SearchIndex, OpenSearchIndexError, Scope.Scope> = Effect.fn(
  "openSearchIndex",
)(function* (folder) {
  const settings = yield* readIndexSettings(folder);
  const database = yield* openIndexDatabase(folder, "read");
  const { run, connection } = database;
  const { state, blocks } = yield* run("read", (database) => ({
    state: indexStateOf(database),
    blocks: recordedBlocks(database),
  }));
  const vectors = yield* readVectors(
    join(folder, vectorsName(state.generation)),
    settings.columns,
    blocks,
    settings.model === undefined ? indexAgain : computeAgain,
  );
  const centroids = yield* readCentroids(
    folder,
    settings.columns,
    state.clusters,
  );
  const queries = yield* run("read", imageQueries);
  const array = <Name extends keyof IndexArrays>(name: Name) =>
    once(() => readIndexArray(connection, state, name));
  const live = array("live");
  const clusters = array("clusters");
  const distances = array("distances");
  const images = once(queries.all);
  const skipped = once(queries.skipped);
  return {
    folder,
    settings,
    state,
    vectors,
    requireIntactDatabase: requireIntactDatabase(database),
    centroids,
    imageCount: state.images,
    page: queries.page,
    image: queries.image,
    imageAt: queries.imageAt,
    imagesOf: queries.imagesOf,
    get live() {
      return live();
    },
    get clusters() {
      return clusters();
    },
    get distances() {
      return distances();
    },
    get images() {
      return images();
    },
    get skipped() {
      return skipped();
    },
  };
});

/** Remembers what is computed at the first call. */
const once = <A>(compute: () => A): () => A => {
  let known: { readonly value: A } | undefined;
  return () => (known ??= { value: compute() }).value;
};
