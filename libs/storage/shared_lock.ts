/**
 * A folder that many processes use at a time, and that one may clear.
 *
 * Whoever uses such a folder holds its lock together with others; whoever
 * removes files from it holds the lock alone. As in `run_lock.ts`, the lock is
 * SQLite's and the kernel releases it when its process ends.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import { join } from "node:path";
import { FolderInUseError, type StorageError } from "./errors.ts";
import { makeFolder } from "./files.ts";
import { kindOf } from "./reading.ts";
import { notALock, openDatabase, statement } from "./sqlite.ts";

/** Name of the lock in a folder that processes share. */
export const sharedLockName = "cache.lock";

/** What {@link sharedLock} fails with. */
export type SharedLockError = FolderInUseError | StorageError;

/**
 * Holds a folder's lock together with others while the scope lasts.
 *
 * @param folder The folder; made when it does not exist.
 * @returns Nothing, or `FolderInUseError` when another process is removing
 * files from the folder, or `StorageError` when the lock cannot be made.
 */
export const sharedLock: (
  folder: string,
) => Effect.Effect<void, SharedLockError, Scope.Scope> = Effect.fn(
  "sharedLock",
)(function* (
  folder,
) {
  yield* makeFolder(folder);
  // A transaction that has read holds SQLite's shared lock until it ends.
  yield* acquire(folder, "BEGIN; SELECT count(*) FROM sqlite_master", {
    action: "use",
    rule: "no process may be removing files from it; try again",
  });
});

/** What {@link exclusiveLock} fails with. */
export type ExclusiveLockError = FolderInUseError | StorageError;

/**
 * Holds a folder's lock alone while the scope lasts.
 *
 * @param folder The folder, which must exist.
 * @returns Nothing, or `FolderInUseError` when another process, or another
 * scope of this one, uses the folder, or `StorageError`.
 */
export const exclusiveLock: (
  folder: string,
) => Effect.Effect<void, ExclusiveLockError, Scope.Scope> = Effect.fn(
  "exclusiveLock",
)(function* (
  folder,
) {
  yield* acquire(folder, "BEGIN EXCLUSIVE; PRAGMA user_version = 0", {
    action: "remove files of",
    rule: "no process may be using it; wait for it or stop it",
  });
});

/**
 * Returns whether a process uses a folder that is shared.
 *
 * @param folder The folder.
 * @returns `false` also when it has no lock, or one that this process may not
 * take; or `StorageError`.
 */
export const isShared: (
  folder: string,
) => Effect.Effect<boolean, StorageError> = Effect.fn("isShared")(function* (
  folder,
) {
  const path = join(folder, sharedLockName);
  if ((yield* kindOf(path)) === "nothing") return false;
  return yield* Effect.scoped(exclusiveLock(folder)).pipe(
    Effect.as(false),
    Effect.catchTag("FolderInUseError", () => Effect.succeed(true)),
    Effect.catchIf(
      ({ reason }) => reason === "read-only" || reason === "not-permitted",
      () => Effect.succeed(false),
    ),
  );
});

const acquire = (
  folder: string,
  begin: string,
  refusal: Pick<FolderInUseError, "action" | "rule">,
): Effect.Effect<void, FolderInUseError | StorageError, Scope.Scope> => {
  const path = join(folder, sharedLockName);
  return openDatabase(path, false).pipe(
    Effect.flatMap((database) =>
      statement("lock", path, () =>
        // the wait is for isShared, which holds the lock for a moment
        database.exec(
          "PRAGMA busy_timeout = 500; PRAGMA journal_mode = MEMORY; " + begin,
        ))
    ),
    Effect.catchTags({
      Locked: () => new FolderInUseError({ folder, ...refusal }),
      CorruptJournalError: (error) => notALock(path, error),
    }),
  );
};
