/**
 * Finding the files of a folder and of all folders in it.
 *
 * @module
 */
import { Effect } from "effect";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SourceError } from "./errors.ts";
import { attempt } from "./file_system.ts";
import { isImageName } from "./image_files.ts";

/** What {@link walk} finds; paths are relative to the folder. */
export interface WalkedFolder {
  /** Images, in no particular order. */
  readonly ids: string[];
  /** Other files. */
  readonly others: string[];
  /** Run folders that were skipped; empty text for the folder itself. */
  readonly runs: string[];
}

interface Walk extends WalkedFolder {
  /** Whether run folders and what systems keep are listed too. */
  readonly everything: boolean;
  /** Links that may lead to folders, by id. */
  readonly links: string[];
  /** Folders listed, by path without links. */
  readonly listed: Set<string>;
}

/**
 * Lists all folders first, then those that only links lead to.
 *
 * Hidden files and folders (names that begin with a dot) are skipped. So are
 * run folders, whose contact sheet is no image of the set, and folders in
 * which macOS and network storage keep previews.
 *
 * @param root Absolute path of the folder.
 * @param everything Lists run folders and previews as well.
 * @returns The files, or `SourceError`.
 */
export const walk: (
  root: string,
  everything: boolean,
) => Effect.Effect<WalkedFolder, SourceError> = Effect.fnUntraced(function* (
  root,
  everything,
) {
  const walked: Walk = {
    everything,
    ids: [],
    others: [],
    runs: [],
    links: [],
    listed: new Set(),
  };
  const real = yield* attempt(root, () => realpath(root));
  yield* list(root, [{ prefix: "", real }], walked);
  while (walked.links.length > 0) {
    for (const id of walked.links.splice(0).sort()) {
      const target = yield* folderBehind(join(root, id));
      if (target === undefined) walked.others.push(id);
      else yield* list(root, [{ prefix: `${id}/`, real: target }], walked);
    }
  }
  return walked;
});

/** A folder to be listed. */
interface Place {
  /** Its path relative to the root, with a `/` at its end; empty for it. */
  readonly prefix: string;
  /** Its path without links. */
  readonly real: string;
}

/** Lists folders and the folders in them, but each only once. */
const list = Effect.fnUntraced(function* (
  root: string,
  places: Place[],
  { everything, ids, others, runs, links, listed }: Walk,
): Effect.fn.Return<void, SourceError> {
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { prefix, real } = place;
    if (listed.has(real)) continue;
    listed.add(real);
    const path = join(root, prefix);
    const entries = yield* attempt(
      path,
      () => readdir(path, { withFileTypes: true }),
    );
    if (!everything && isRun(new Set(entries.map(({ name }) => name)))) {
      runs.push(prefix);
      continue;
    }
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      if (!everything && previews.has(entry.name)) continue;
      const id = prefix + entry.name;
      if (entry.isDirectory()) {
        places.push({ prefix: `${id}/`, real: join(real, entry.name) });
      } else if (isImageName(entry.name)) ids.push(id);
      else if (entry.isSymbolicLink()) links.push(id);
      else others.push(id);
    }
  }
});

/** Folders that macOS' archives and Synology's storage add to any other. */
const previews = new Set(["__MACOSX", "@eaDir"]);

/**
 * Whether a folder is a run's. The names are those of `runFiles` in
 * `checkpoint`, which a source of images must not depend on.
 */
const isRun = (names: ReadonlySet<string>): boolean =>
  names.has("run.lock") &&
  (names.has("config.json") || names.has("journal.db"));

/** Where a link leads, if to a folder; to nothing, if in a circle. */
const folderBehind = (
  link: string,
): Effect.Effect<string | undefined, SourceError> =>
  attempt(
    link,
    async () =>
      (await stat(link)).isDirectory() ? await realpath(link) : undefined,
  ).pipe(
    Effect.catchIf(
      ({ problem }) => problem !== "not-permitted",
      () => Effect.succeed(undefined),
    ),
  );
