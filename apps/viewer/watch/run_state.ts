/**
 * What a run is doing, as its folder tells it.
 *
 * Only what the run has written is read, and nothing is written: its process
 * knows of no one who watches.
 *
 * @module
 */
import {
  readRunHistory,
  type ReadRunHistoryError,
  type RunHistory,
} from "@deepcluster/report";
import { isBusy, readProgress, runFiles } from "@deepcluster/runs";
import {
  attempt,
  folderStore,
  isPartial,
  kindOf,
  type StorageError,
} from "@deepcluster/storage";
import { Effect, Schema } from "effect";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What is seen in a run folder. */
export type RunState =
  | {
    readonly kind: "nothing";
    /** Whether the folder is there, and empty as far as a run is concerned. */
    readonly isMade: boolean;
  }
  | { readonly kind: "run"; readonly history: RunHistory };

/** A folder holds something else than a run. */
export class ForeignRunError
  extends Schema.TaggedError<ForeignRunError>()("ForeignRunError", {
    folder: Schema.String,
    found: Schema.String,
  }) {
  /** The folder and some of what it holds. */
  override get message(): string {
    return `Cannot watch ${this.folder} as it must be a run folder, or one ` +
      `that is empty or does not exist yet: it holds ${this.found}`;
  }
}

/** What reading a run folder fails with. */
export type ReadStateError = ForeignRunError | ReadRunHistoryError;

/** Reads a run folder again and again. */
export interface RunReader {
  /** Reads what has changed since. */
  readonly read: Effect.Effect<RunState, ReadStateError>;
}

/**
 * Makes a reader of a run folder.
 *
 * The history is read again when one of the files that it is made of has
 * changed; who works on the run, and how far it is, each time.
 *
 * @param folder The folder.
 * @returns The reader.
 */
export const makeRunReader = (folder: string): RunReader => {
  const store = folderStore(folder);
  let known:
    | { readonly stamp: string; readonly history: RunHistory }
    | undefined;
  const historyNow = Effect.gen(function* () {
    const stamp = yield* stampOf(folder);
    if (known?.stamp !== stamp) {
      known = { stamp, history: yield* readRunHistory(folder) };
    }
    const { history } = known;
    const progress = yield* readProgress(store);
    const busy = yield* isBusy(folder);
    return {
      ...history,
      state: history.state === "finished"
        ? "finished"
        : busy
        ? "running"
        : "stopped",
      ...progress && { progress },
    } satisfies RunHistory as RunHistory;
  });
  return {
    read: Effect.gen(function* () {
      const kind = yield* kindOf(folder);
      if (kind === "nothing") return { kind: "nothing", isMade: false };
      const names = kind === "file"
        ? ["a file of that name"]
        : yield* attempt("list", folder, () => readdir(folder));
      if (names.includes(runFiles.config) && names.includes(runFiles.lock)) {
        return { kind: "run", history: yield* historyNow };
      }
      const foreign = names.filter((name) =>
        !name.startsWith(runFiles.lock) && !isPartial(name)
      ).sort();
      if (foreign.length === 0) return { kind: "nothing", isMade: true };
      const more = foreign.length > 3 ? ` and ${foreign.length - 3} more` : "";
      return yield* new ForeignRunError({
        folder,
        found: foreign.slice(0, 3).join(", ") + more,
      });
    }),
  };
};

/** Changes whenever a file that histories are made of does. */
const stampOf = (folder: string): Effect.Effect<string, StorageError> =>
  attempt("look at", folder, async () => {
    const { config, metrics, timings, unreadable } = runFiles;
    const stamps = await Promise.all(
      [config, metrics, timings, unreadable].map((name) =>
        stat(join(folder, name)).then(
          ({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`,
          () => "none",
        )
      ),
    );
    return stamps.join(", ");
  });
