/**
 * What a person should know of a run that another version began.
 *
 * @module
 */
import { readMetrics, readTimings } from "@deepcluster/runs";
import type { Store } from "@deepcluster/storage";
import { version } from "@deepcluster/terminal";
import { Effect } from "effect";

/**
 * Warns if an unfinished run continues in another version than before, whose
 * rounding may differ. Call it before the process notes itself.
 *
 * What a run notes of its processes is no result: if it cannot be read, nothing
 * is said.
 *
 * @param store The run's.
 * @param epochs Epochs that it is to have.
 * @returns Nothing; the sentence goes to the log.
 */
export const sayOtherVersion = Effect.fnUntraced(
  function* (store: Store, epochs: number) {
    const lines = yield* readMetrics(store);
    const trained = lines.filter(({ event }) => event === "trained").length;
    if (trained >= epochs) return;
    const last = (yield* readTimings(store)).processes.at(-1)?.version;
    if (last === version || (last === undefined && lines.length === 0)) return;
    const before = last === undefined
      ? "an earlier version"
      : `version ${last}`;
    yield* Effect.logWarning(
      `This run was trained by ${before} and continues in version ${version}: ` +
        `from here on its numbers may differ from those of ${before}`,
    );
  },
  Effect.catchTags({
    StorageError: () => Effect.void,
    TableError: () => Effect.void,
  }),
);
