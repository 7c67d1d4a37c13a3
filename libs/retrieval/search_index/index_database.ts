/**
 * `index.db`: the images and vectors of an index, and its state.
 *
 * @module
 */
import {
  type CorruptJournalError,
  formatRule,
  formatVersion,
  openDatabase,
  type SqliteError,
  statement,
  StorageError,
  unknownFormat,
} from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { DamagedIndexError } from "./errors.ts";
import { indexFiles } from "./index_files.ts";

/** What reading an index can fail with. */
export type IndexReadError = DamagedIndexError | StorageError;

/** What is true of an index as a whole. */
export interface IndexState {
  /** Number of the file of vectors. */
  readonly generation: number;
  /** Rows of it. */
  readonly rows: number;
  /** Images that are present, at the end of the newest commit. */
  readonly images: number;
  /** Whether the newest update went to its end. */
  readonly complete: boolean;
  /** Its clusters, when it has some. */
  readonly clusters?: ClustersState;
}

/** The clusters of an index. */
export interface ClustersState {
  /** Number of the file of centroids. */
  readonly generation: number;
  /** Number of clusters. */
  readonly k: number;
  /** Who found them: the run that is the model, or k-means on the vectors. */
  readonly from: "run" | "kmeans";
  /** Seed of k-means; 0 for a run's. */
  readonly seed: number;
}

/** An open index.db. */
export interface IndexDatabase {
  /** Its path. */
  readonly path: string;
  /** The connection; used within {@link IndexDatabase.run} where it may fail. */
  readonly connection: DatabaseSync;
  /** Runs statements with their failures typed. */
  readonly run: <A>(
    action: string,
    work: (database: DatabaseSync) => A,
  ) => Effect.Effect<A, IndexReadError>;
}

const schema = `
CREATE TABLE images (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  root TEXT NOT NULL,
  path TEXT NOT NULL,
  file TEXT,
  size INTEGER NOT NULL,
  modified REAL NOT NULL,
  stamp TEXT,
  sha256 TEXT NOT NULL,
  pixels TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('indexed', 'skipped', 'removed')),
  reason TEXT,
  vector INTEGER
) STRICT;
CREATE UNIQUE INDEX images_present ON images (root, path) WHERE state <> 'removed';
CREATE INDEX images_vector ON images (vector);
CREATE INDEX images_sha256 ON images (sha256);
CREATE INDEX images_pixels ON images (pixels);
CREATE TABLE vectors (
  row INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  cluster INTEGER NOT NULL,
  distance REAL NOT NULL
) STRICT;
CREATE INDEX vectors_hash ON vectors (hash);
CREATE TABLE blocks (
  block INTEGER PRIMARY KEY,
  rows INTEGER NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE arrays (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
`;

/**
 * Opens the database of an index while the scope lasts.
 *
 * @param folder The index folder.
 * @param mode `write` makes it when it is missing; `read` takes a snapshot,
 * which later commits of a writer do not change.
 * @returns The database, or `DamagedIndexError`, or `StorageError`.
 */
export const openIndexDatabase: (
  folder: string,
  mode: "read" | "write",
) => Effect.Effect<IndexDatabase, IndexReadError, Scope.Scope> = Effect
  .fnUntraced(function* (folder, mode) {
    const path = join(folder, indexFiles.database);
    const connection = yield* openDatabase(path, mode === "read").pipe(
      asIndexError(path),
    );
    const run = <A>(action: string, work: (database: DatabaseSync) => A) =>
      statement(action, path, () => work(connection)).pipe(asIndexError(path));
    const version = yield* run("open", (database) => {
      database.exec("PRAGMA busy_timeout = 10000");
      if (mode === "write") prepareToWrite(database);
      else database.exec("BEGIN");
      return database.prepare("PRAGMA user_version").get()?.["user_version"];
    });
    const unknown = unknownFormat(version);
    if (unknown !== undefined) {
      return yield* damaged(path, `${formatRule}: ${unknown}`);
    }
    return { path, connection, run };
  });

/**
 * Reads the pages of an index's database; they have no checksum of their own.
 *
 * @param database The database.
 * @returns Nothing, or `DamagedIndexError` where its structure is broken, or
 * `StorageError`.
 */
export const requireIntactDatabase = (
  { path, run }: IndexDatabase,
): Effect.Effect<void, IndexReadError> =>
  run(
    "check",
    (database) =>
      database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"],
  ).pipe(
    Effect.flatMap((found) =>
      found === "ok" ? Effect.void : damaged(path, String(found))
    ),
  );

const prepareToWrite = (database: DatabaseSync): void => {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  const master = "SELECT count(*) AS tables FROM sqlite_master";
  if (database.prepare(master).get()?.["tables"] !== 0) return;
  database.exec(
    `BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${formatVersion}; COMMIT`,
  );
};

const initialIndexState: IndexState = {
  generation: 1,
  rows: 0,
  images: 0,
  complete: false,
};

/**
 * Reads the state of an index.
 *
 * @param database A connection.
 * @returns The state; that of an empty index when none was written.
 */
export const indexStateOf = (database: DatabaseSync): IndexState => {
  const found = database.prepare(
    "SELECT value FROM state WHERE name = 'index'",
  ).get()?.["value"];
  return found === undefined ? initialIndexState : JSON.parse(String(found));
};

/**
 * Counts the images that are present and have a vector.
 *
 * @param database A connection.
 * @returns The count, which {@link IndexState.images} repeats.
 */
export const countIndexed = (database: DatabaseSync): number =>
  Number(
    database.prepare(
      "SELECT count(*) AS n FROM images WHERE state = 'indexed'",
    ).get()!["n"],
  );

/**
 * Writes the state of an index, in the transaction that is open.
 *
 * @param database A connection.
 * @param state The state.
 */
export const putIndexState = (
  database: DatabaseSync,
  state: IndexState,
): void => {
  database.prepare("INSERT OR REPLACE INTO state VALUES ('index', ?)")
    .run(JSON.stringify(state));
};

const asIndexError = (path: string) =>
<A, R>(
  effect: Effect.Effect<A, SqliteError, R>,
): Effect.Effect<A, IndexReadError, R> =>
  effect.pipe(
    Effect.catchTags({
      Locked: () =>
        new StorageError({
          action: "use",
          path,
          reason: "other",
          detail: "another process keeps the index locked",
        }),
      CorruptJournalError: ({ found }: CorruptJournalError) =>
        damaged(path, found),
    }),
  );

const damaged = (path: string, found: string) =>
  new DamagedIndexError({
    path,
    found,
    advice: "make the index again in another folder",
  });
