/**
 * Whether a run that failed has anything to lose.
 *
 * A run whose start failed before anything was finished would only stand in the
 * way: its folder can go. One that has finished an activity of an epoch stays,
 * for it continues from there; so do features extracted in part, which take hours
 * on large sets, unless the failure would come again.
 *
 * @module
 */
import { folderStore, kindOf } from "@deepcluster/storage";
import { Cause, Effect } from "effect";
import { join } from "node:path";
import { type JournalError, openJournal } from "./journal.ts";
import { runFiles } from "./run_folder.ts";

/** Failures that another time or another machine may not see. */
const passing: ReadonlySet<unknown> = new Set([
  "CacheError",
  "CorruptArtifactError",
  "ExecutionError",
  "OutOfMemoryError",
  "StorageError",
  "UnreadableImageError",
]);

/**
 * Tells whether resuming a failed run would spare any work.
 *
 * @param folder The run folder, whose journal is closed.
 * @param cause Why the run failed.
 * @returns `true` also for a run that was interrupted; or the errors of the
 * run folder.
 */
export const isWorthResuming: (
  folder: string,
  cause: Cause.Cause<unknown>,
) => Effect.Effect<boolean, JournalError> = Effect.fn("isWorthResuming")(
  function* (folder, cause) {
    if (Cause.hasInterrupts(cause)) return true;
    if (yield* hasFinished(join(folder, runFiles.journal))) return true;
    const recurs = Cause.hasFails(cause) && !passing.has(tagOf(cause));
    return !recurs && (yield* hasExtracted(folder));
  },
);

/** Whether a journal knows a finished activity of an epoch. */
const hasFinished = Effect.fnUntraced(function* (path: string) {
  if ((yield* kindOf(path)) === "nothing") return false;
  const { entries } = yield* openJournal(path, { readOnly: true });
  return (yield* entries).some(({ name }) => /\/e\d+\//.test(name));
}, Effect.scoped);

/** Whether there are features that the next process would take over. */
const hasExtracted = Effect.fnUntraced(function* (folder: string) {
  const paths = yield* folderStore(folder).list("features/");
  return paths.some((path) => path.endsWith(".rows"));
});

const tagOf = (cause: Cause.Cause<unknown>): unknown => {
  const error = Cause.squash(cause);
  return typeof error === "object" && error !== null && "_tag" in error
    ? error._tag
    : undefined;
};
