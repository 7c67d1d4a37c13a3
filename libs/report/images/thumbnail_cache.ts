/**
 * Thumbnails that were made before, in the run folder.
 *
 * @module
 */
import {
  openDatabase,
  type SqliteError,
  statement,
} from "@deepcluster/storage";
import { Effect } from "effect";
import type { DatabaseSync } from "node:sqlite";

/**
 * Reads what is kept under some keys.
 *
 * @param path The file; made when missing.
 * @param keys What thumbnails are made from.
 * @returns Those that are kept, or `SqliteError`.
 */
export const readThumbnails: (
  path: string,
  keys: readonly string[],
) => Effect.Effect<ReadonlyMap<string, Uint8Array>, SqliteError> = (
  path,
  keys,
) =>
  withThumbnails("read", path, (database) => {
    const select = database.prepare(
      "SELECT bytes FROM thumbnails WHERE key = ?",
    );
    const found = new Map<string, Uint8Array>();
    for (const key of keys) {
      const bytes = select.get(key)?.["bytes"];
      if (bytes instanceof Uint8Array) found.set(key, bytes);
    }
    return found;
  });

/**
 * Keeps thumbnails, all of them or none.
 *
 * @param path The file; made when missing.
 * @param thumbnails By key.
 * @returns Nothing, or `SqliteError`.
 */
export const keepThumbnails: (
  path: string,
  thumbnails: ReadonlyMap<string, Uint8Array>,
) => Effect.Effect<void, SqliteError> = (path, thumbnails) =>
  withThumbnails("write", path, (database) => {
    const insert = database.prepare(
      "INSERT OR REPLACE INTO thumbnails (key, bytes) VALUES (?, ?)",
    );
    database.exec("BEGIN IMMEDIATE");
    for (const [key, bytes] of thumbnails) insert.run(key, bytes);
    database.exec("COMMIT");
  });

const withThumbnails = <A>(
  action: string,
  path: string,
  use: (database: DatabaseSync) => A,
): Effect.Effect<A, SqliteError> =>
  openDatabase(path, false).pipe(
    Effect.flatMap((database) =>
      statement(action, path, () => {
        database.exec(
          "PRAGMA busy_timeout = 2000;" +
            "CREATE TABLE IF NOT EXISTS thumbnails " +
            "(key TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
        );
        return use(database);
      })
    ),
    Effect.scoped,
  );
