/**
 * The index as it is served: a snapshot, opened again when another command has
 * updated the folder.
 *
 * @module
 */
import {
  openSearchIndex,
  type OpenSearchIndexError,
  type SearchIndex,
} from "@deepcluster/retrieval";
import { Effect, Exit, Scope, Semaphore } from "effect";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Unavailable } from "@deepcluster/page-server";

/** One state of the index. */
export interface Snapshot {
  /** Which one. */
  readonly stamp: string;
  /** Its images and clusters. */
  readonly index: SearchIndex;
}

/** The state that is served. */
export interface Snapshots {
  /**
   * The present state; looks at the folder at most twice a second. While an
   * update is under way, the state before it.
   */
  readonly current: Effect.Effect<Snapshot, Unavailable>;
  /** Opens the folder again, whatever is under way there. */
  readonly renew: Effect.Effect<Snapshot, Unavailable>;
}

/** How long a state that was looked at is trusted. */
const trustedMs = 500;

/** How long requests that began with an older state may still use it. */
const retiredMs = 60_000;

/**
 * Names the state of an index folder by the size and time of its database,
 * which every update writes.
 *
 * @param folder The index folder.
 * @returns Another text after every update.
 */
export const stampOf = (folder: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const files = ["index.db", "index.db-wal", "settings.json"];
    const stamps = files.map((name) =>
      stat(join(folder, name)).then(
        // Whoever reads makes an empty log.
        ({ size, mtimeMs }) => size === 0 ? "none" : `${size} ${mtimeMs}`,
        () => "none",
      )
    );
    return (await Promise.all(stamps)).join(", ");
  });

/**
 * Opens an index to be served.
 *
 * @param folder The index folder.
 * @returns Its states while the scope lasts, or why it cannot be opened.
 */
export const openSnapshots: (
  folder: string,
) => Effect.Effect<Snapshots, OpenSearchIndexError, Scope.Scope> = Effect
  .fnUntraced(function* (folder) {
    const scope = yield* Effect.scope;
    const mutex = yield* Semaphore.make(1);
    const openNow = Effect.gen(function* () {
      const stamp = yield* stampOf(folder);
      const own = yield* Scope.fork(scope);
      const index = yield* openSearchIndex(folder).pipe(
        Scope.provide(own),
        Effect.onError(() => Scope.close(own, Exit.void)),
      );
      return { stamp, index, scope: own };
    });
    let present = yield* openNow;
    let seen = { stamp: present.stamp, atMs: performance.now() };

    const replace = Effect.fnUntraced(function* (evenIncomplete: boolean) {
      const stamp = yield* stampOf(folder);
      seen = { stamp, atMs: performance.now() };
      if (stamp === present.stamp) return present;
      const opened = yield* Effect.mapError(
        openNow,
        ({ message }) => new Unavailable({ detail: message }),
      );
      if (!opened.index.state.complete && !evenIncomplete) {
        yield* Scope.close(opened.scope, Exit.void);
        return present;
      }
      const retired = present.scope;
      present = opened;
      yield* Effect.sleep(retiredMs).pipe(
        Effect.andThen(Scope.close(retired, Exit.void)),
        Effect.forkIn(scope),
      );
      yield* Effect.logInfo(
        `The index was updated: ${opened.index.imageCount} images`,
      );
      return present;
    });

    return {
      current: Effect.suspend(() =>
        performance.now() - seen.atMs < trustedMs
          ? Effect.succeed(present)
          : mutex.withPermit(Effect.suspend(() =>
            performance.now() - seen.atMs < trustedMs
              ? Effect.succeed(present)
              : replace(false)
          ))
      ),
      renew: mutex.withPermit(Effect.suspend(() => replace(true))),
    };
  });
