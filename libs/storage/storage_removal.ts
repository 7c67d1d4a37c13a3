/**
 * Removes parts of our folders, or one entirely, while no process uses them.
 *
 * @module
 */
import { Effect } from "effect";
import { readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FolderInUseError, RunBusyError, StorageError } from "./errors.ts";
import { mayBeWritten } from "./partials.ts";
import {
  scanStorage,
  type StoragePart,
  type StoredFile,
  type StoredFolder,
} from "./storage.ts";
import { attempt, syncFolder } from "./system_calls.ts";

/** What {@link removeStored} fails with. */
export type RemoveStoredError = RunBusyError | FolderInUseError | StorageError;

/**
 * Removes parts of a folder, for good, under its lock.
 *
 * Looks at the folder anew once it holds the lock, since a process may have
 * changed it before. Killed at any moment, it leaves a folder that is still
 * recognised: files go in the order of the parts, and the lock last. Folders
 * that are empty afterwards go too.
 *
 * @param folder As `scanStorage` found it.
 * @param choose Returns whether to remove a part. Of files half-written, those
 * whose writer may be at work stay: a report needs no lock of its run.
 * @returns The parts that were removed, none when nothing was there any more;
 * or `RunBusyError` or `FolderInUseError` when a process uses the folder, in
 * which case nothing was removed; or `StorageError`.
 */
export const removeStored: (
  folder: Pick<StoredFolder, "folder" | "kind">,
  choose: (part: StoragePart) => boolean,
) => Effect.Effect<readonly StoragePart[], RemoveStoredError> = Effect.fn(
  "removeStored",
)(function* (
  { folder, kind },
  choose,
) {
  return yield* Effect.scoped(Effect.gen(function* () {
    yield* kind.lock(folder);
    const { folders } = yield* scanStorage(folder, [kind], {
      verify: true,
      locked: true,
    });
    const now = folders.find((found) => found.folder === folder);
    const parts = yield* Effect.forEach(
      now?.parts.filter(choose) ?? [],
      withoutLiving,
    );
    yield* Effect.forEach(parts, ({ files }) => removeFiles(folder, files));
    if (yield* removeEmpty(folder)) yield* syncFolder(dirname(folder));
    return parts;
  }));
});

const withoutLiving = Effect.fnUntraced(function* (part: StoragePart) {
  const files: StoredFile[] = [];
  for (const file of part.files) {
    if (yield* mayBeWritten(file.path, file.modifiedMs)) continue;
    files.push(file);
  }
  return { ...part, files };
});

const removeFiles = Effect.fnUntraced(function* (
  folder: string,
  files: readonly StoredFile[],
): Effect.fn.Return<void, StorageError> {
  for (const { path } of files) {
    const file = join(folder, path);
    yield* attempt("remove", file, () => rm(file, { force: true }));
  }
});

/** Removes what holds nothing, and keeps removals through a power cut. */
const removeEmpty = Effect.fnUntraced(function* (
  folder: string,
): Effect.fn.Return<boolean, StorageError> {
  const entries = yield* attempt(
    "list",
    folder,
    () => readdir(folder, { withFileTypes: true }),
  );
  let left = entries.length;
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    if (yield* removeEmpty(join(folder, entry.name))) left--;
  }
  yield* syncFolder(folder);
  if (left > 0) return false;
  // Another process may have begun something here a moment ago.
  return yield* attempt("remove", folder, () => rmdir(folder)).pipe(
    Effect.as(true),
    Effect.orElseSucceed(() => false),
  );
});
