/**
 * SQLite files: the only module that touches `node:sqlite`.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { Effect, type Scope } from "effect";
import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CorruptJournalError, StorageError } from "./errors.ts";
import { kindOf } from "./reading.ts";
import { attempt } from "./system_calls.ts";

/** Another connection holds the lock; what to say depends on whose it is. */
export interface Locked {
  /** Tells it from other failures. */
  readonly _tag: "Locked";
}

/** What a statement can fail with. */
export type SqliteError = StorageError | CorruptJournalError | Locked;

/**
 * Opens a database while the scope lasts.
 *
 * @param path Its file, made when missing unless `readOnly`.
 * @param readOnly Whether to leave the file as it is.
 * @returns The connection, or `StorageError` when the folder or the file is
 * missing or not permitted. Whether it is a database shows at first use.
 */
export const openDatabase: (
  path: string,
  readOnly: boolean,
) => Effect.Effect<DatabaseSync, SqliteError, Scope.Scope> = Effect.fnUntraced(
  function* (
    path,
    readOnly,
  ) {
    if (path !== ":memory:") yield* checkAccess(path, readOnly);
    return yield* Effect.acquireRelease(
      statement("open", path, () => new DatabaseSync(path, { readOnly })),
      (database) => Effect.sync(() => database.close()),
    );
  },
);

/**
 * Runs statements, their failures typed.
 *
 * @param action Verb for the message.
 * @param path The database's file.
 * @param run What to do with it.
 * @returns Its result, or `CorruptJournalError` when the file is no database
 * or a damaged one, `Locked` when another connection is in the way, or
 * `StorageError`.
 */
export const statement = <A>(
  action: string,
  path: string,
  run: () => A,
): Effect.Effect<A, SqliteError> =>
  Effect.try({ try: run, catch: (cause) => classify(action, path, cause) });

/** By the words, since Deno's errors carry no result code. */
const classify = (
  action: string,
  path: string,
  cause: unknown,
): SqliteError => {
  const detail = messageOf(cause);
  if (/is locked/.test(detail)) return { _tag: "Locked" };
  if (/not a database|malformed|no such (table|column)/.test(detail)) {
    return new CorruptJournalError({ path, found: detail });
  }
  const reason = /disk is full/.test(detail)
    ? "disk-full"
    : /readonly/.test(detail)
    ? "read-only"
    : "other";
  return new StorageError({ action, path, reason, detail });
};

/** SQLite says no more than "unable to open"; the system says why. */
const checkAccess = Effect.fnUntraced(function* (
  path: string,
  readOnly: boolean,
): Effect.fn.Return<void, StorageError> {
  const mode = readOnly ? constants.R_OK : constants.R_OK | constants.W_OK;
  const exists = (yield* kindOf(path)) !== "nothing";
  const at = exists || readOnly ? path : dirname(path);
  yield* attempt("open", path, () => access(at, mode));
});

/**
 * Makes the error of a lock that is no SQLite file.
 *
 * @param path The lock.
 * @param error What SQLite found.
 * @returns The error, which says what to do.
 */
export const notALock = (
  path: string,
  error: CorruptJournalError,
): StorageError =>
  new StorageError({
    action: "lock",
    path,
    reason: "other",
    detail: `${error.found}; remove the file when no process uses the run`,
  });
