/**
 * One process at a time works on a run.
 *
 * The lock is SQLite's exclusive lock on `run.lock`, which the kernel releases
 * when its process ends, however it ends. Nothing may open that file besides
 * SQLite while it is held: on POSIX systems closing any handle of a file
 * gives up the process's locks on it.
 *
 * An entry of its own (`@deepcluster/runs/run-lock`).
 *
 * @module
 */
import {
  kindOf,
  notALock,
  openDatabase,
  RunBusyError,
  statement,
  type StorageError,
} from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { join } from "node:path";

/** Name of the lock in a run folder. */
export const lockName = "run.lock";

/** What {@link runLock} fails with. */
export type RunLockError = RunBusyError | StorageError;

/**
 * Holds a run's lock while the scope lasts.
 *
 * @param folder The run folder, which must exist.
 * @returns Nothing, or `RunBusyError` when another process, or another scope
 * of this one, holds it, or `StorageError` when it cannot be made.
 */
export const runLock: (
  folder: string,
) => Effect.Effect<void, RunLockError, Scope.Scope> = Effect.fn("runLock")(
  function* (
    folder,
  ) {
    const path = join(folder, lockName);
    yield* openDatabase(path, false).pipe(
      Effect.flatMap((database) =>
        statement("lock", path, () =>
          // the wait is for isBusy, which looks for a moment
          database.exec(
            "PRAGMA busy_timeout = 500; PRAGMA journal_mode = MEMORY; " +
              "BEGIN EXCLUSIVE; PRAGMA user_version = 0",
          ))
      ),
      Effect.catchTags({
        Locked: () => new RunBusyError({ folder }),
        CorruptJournalError: (error) => notALock(path, error),
      }),
    );
  },
);

/**
 * Whether a process works on a run at this moment.
 *
 * @param folder The run folder.
 * @returns `false` also when there is no such folder, or `StorageError`.
 */
export const isBusy: (folder: string) => Effect.Effect<boolean, StorageError> =
  Effect.fn("isBusy")(function* (
    folder,
  ) {
    const path = join(folder, lockName);
    if ((yield* kindOf(path)) === "nothing") return false;
    return yield* openDatabase(path, true).pipe(
      Effect.flatMap((database) =>
        statement("look at", path, () => {
          database.exec("PRAGMA busy_timeout = 0");
          database.prepare("SELECT count(*) FROM sqlite_master").get();
        })
      ),
      Effect.as(false),
      Effect.catchTags({
        Locked: () => Effect.succeed(true),
        CorruptJournalError: (error) => notALock(path, error),
      }),
      Effect.scoped,
    );
  });
