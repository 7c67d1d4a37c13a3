/**
 * A folder of images, with or without a folder for each class.
 *
 * @module
 */
import { Effect } from "effect";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SourceError } from "./errors.ts";
import { attempt } from "./file_system.ts";
import { isImageName } from "./image_files.ts";
import { labelsFrom } from "./labels.ts";
import type { LabelledSource, Labels } from "./source.ts";

/** How a folder is read. */
export interface FolderOptions {
  /** Whether labels found beside the images are read; true if absent. */
  readonly labels?: boolean;
}

/** The images of a folder. */
export interface FolderSource extends LabelledSource {
  /** Files that were left aside, for their names are no images'. */
  readonly leftAside: number;
}

/**
 * Finds the images of a folder and of all folders in it.
 *
 * An image's id is its path relative to the folder, with `/` between the
 * parts; ids are in the order of their code units, whatever order the file
 * system lists them in. Images are told by their extension. Hidden files and
 * folders (names that begin with a dot) are passed over. Links are followed; a
 * folder that can be reached in several ways is listed once, under its own
 * path if that lies inside. A link to nothing is listed, to be reported as
 * unreadable.
 *
 * When every image lies in a subfolder, and these are at least two, the first
 * part of its id is its label, as in ImageNet's folder for each class. Any
 * other folder has no labels.
 *
 * @param folder Path of the folder.
 * @param options See {@link FolderOptions}.
 * @returns The source, or `SourceError` when the folder, or one in it, is
 * missing or may not be read, or when it holds no image.
 */
export const folderSource = Effect.fn("folderSource")(function* (
  folder: string,
  options: FolderOptions = {},
): Effect.fn.Return<FolderSource, SourceError> {
  const root = resolve(folder);
  const { ids, others } = yield* walk(root);
  if (ids.length === 0) {
    return yield* new SourceError({
      path: folder,
      problem: "empty",
      detail: others.length === 0
        ? ""
        : `${others.length} other files, such as ${others[0]}`,
    });
  }
  ids.sort();
  const labels = options.labels === false ? undefined : folderLabels(ids);
  return {
    source: {
      name: folder,
      ids,
      payload: (index) => ({ kind: "file", path: join(root, ids[index]!) }),
    },
    ...(labels === undefined ? {} : { labels }),
    leftAside: others.length,
  };
});

/** The first part of every id, when all have several and they differ. */
const folderLabels = (ids: readonly string[]): Labels | undefined => {
  const names: string[] = [];
  for (const id of ids) {
    const slash = id.indexOf("/");
    if (slash < 0) return undefined;
    names.push(id.slice(0, slash));
  }
  const labels = labelsFrom(names);
  return labels !== undefined && labels.names.length > 1 ? labels : undefined;
};

/** A folder to be listed. */
interface Place {
  /** Its path relative to the root, with a `/` at its end; empty for it. */
  readonly prefix: string;
  /** Its path without links. */
  readonly real: string;
}

/** What a walk has found so far. */
interface Found {
  /** Images. */
  readonly ids: string[];
  /** Other files. */
  readonly others: string[];
  /** Links that may lead to folders, by id. */
  readonly links: string[];
  /** Folders listed, by path without links. */
  readonly listed: Set<string>;
}

/** Lists all folders first, then those that only links lead to. */
const walk = Effect.fnUntraced(function* (
  root: string,
): Effect.fn.Return<Found, SourceError> {
  const found: Found = { ids: [], others: [], links: [], listed: new Set() };
  const real = yield* attempt(root, () => realpath(root));
  yield* list(root, [{ prefix: "", real }], found);
  while (found.links.length > 0) {
    for (const id of found.links.splice(0).sort()) {
      const target = yield* folderBehind(join(root, id));
      if (target === undefined) found.others.push(id);
      else yield* list(root, [{ prefix: `${id}/`, real: target }], found);
    }
  }
  return found;
});

/** Lists folders and the folders in them, but each only once. */
const list = Effect.fnUntraced(function* (
  root: string,
  places: Place[],
  { ids, others, links, listed }: Found,
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
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const id = prefix + entry.name;
      if (entry.isDirectory()) {
        places.push({ prefix: `${id}/`, real: join(real, entry.name) });
      } else if (isImageName(entry.name)) ids.push(id);
      else if (entry.isSymbolicLink()) links.push(id);
      else others.push(id);
    }
  }
});

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
