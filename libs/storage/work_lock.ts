/**
 * What one process computes for all: others wait for it, then find it.
 *
 * As in `run_lock.ts`, the lock is SQLite's and the kernel releases it when
 * its process ends, however it ends.
 *
 * @module
 */
import { Effect, type Scope, Semaphore } from "effect";
import { dirname, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { StorageError } from "./errors.ts";
import { makeFolder } from "./files.ts";
import { notALock, openDatabase, statement } from "./sqlite.ts";

/**
 * Holds a lock alone while the scope lasts, once no other process, and no
 * other scope of this one, holds it.
 *
 * Whoever held it before may have finished the work: look again afterwards.
 *
 * @param path Of the lock; its folder is made when it does not exist.
 * @param work What is being done under the lock, for the message of those who
 * wait, such as `extracts these features`.
 * @returns Nothing, or `StorageError` when the lock cannot be made.
 */
export const workLock: (
  path: string,
  work: string,
) => Effect.Effect<void, StorageError, Scope.Scope> = Effect.fn("workLock")(
  function* (
    path,
    work,
  ) {
    yield* turnHere(resolve(path));
    yield* makeFolder(dirname(path));
    yield* openDatabase(path, false).pipe(
      Effect.flatMap((database) => heldBy(database, path, work)),
      Effect.catchTags({
        CorruptJournalError: (error) => notALock(path, error),
        Locked: () =>
          Effect.die(`${path} is locked, although that was awaited`),
      }),
    );
  },
);

/** The locks that this process holds or waits for, by their paths. */
const locksHere = new Map<
  string,
  { turn: Semaphore.Semaphore; users: number }
>();

/** Waits for other scopes of this process: they need not be told, nor asked. */
const turnHere = Effect.fnUntraced(function* (path: string) {
  const { turn } = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const lock = locksHere.get(path) ??
        { turn: Semaphore.makeUnsafe(1), users: 0 };
      lock.users++;
      locksHere.set(path, lock);
      return lock;
    }),
    (lock) =>
      Effect.sync(() => {
        if (--lock.users === 0) locksHere.delete(path);
      }),
  );
  yield* turn.takeScoped(1);
});

/** Takes the lock by one connection, which has it until it is closed. */
const heldBy = Effect.fnUntraced(function* (
  database: DatabaseSync,
  path: string,
  work: string,
) {
  const take = statement("lock", path, () => {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    database.exec("PRAGMA user_version = 0");
    return true;
  }).pipe(Effect.catchTag("Locked", () => Effect.succeed(false)));
  if (yield* take) return;
  yield* Effect.logInfo(`Waits for another process that ${work}`);
  while (!(yield* take)) yield* Effect.sleep("250 millis");
});
