/**
 * A folder of results that a later call refreshes. `export.json` in it lists
 * every file that was made; only these are ever replaced or removed, and only
 * while they are what was made.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import {
  kindOf,
  makeFolder,
  readBytes,
  removeFile,
  writeDurably,
} from "@deepcluster/storage";
import { shown } from "@deepcluster/terminal";
import { type } from "arktype";
import { Effect, Schema } from "effect";
import {
  copyFile,
  lstat,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  unlink,
  utimes,
} from "node:fs/promises";
import { dirname, join } from "node:path";

/** Something to be made in the folder. */
export type Export =
  & {
    /** Path in the folder, with `/`. */
    readonly path: string;
  }
  & (
    | { readonly kind: "link" | "copy"; readonly of: string }
    | { readonly kind: "file"; readonly content: Uint8Array }
  );

/** Results cannot be put into a folder. */
export class ExportError extends Schema.TaggedError<ExportError>()(
  "ExportError",
  { folder: Schema.String, rule: Schema.String, found: Schema.String },
) {
  override get message(): string {
    return `Cannot write to ${this.folder} as ${this.rule}: ${this.found}`;
  }
}

const listName = "export.json";

/** A copy that is being made; exports have no hidden names. */
const partialName = ".export.partial";

const Entry = type({
  path: "string",
  kind: "'link' | 'copy' | 'file'",
  "size?": "number",
  "modifiedMs?": "number",
});

type Entry = typeof Entry.infer;

const List = type("string.json.parse").to({ entries: Entry.array() });

/**
 * Puts results into a folder, and takes away those of an earlier call that are
 * not among them.
 *
 * The list is written before anything is made, so that a call after a kill
 * knows its own.
 *
 * @param folder Absolute path; made when it does not exist.
 * @param exports What shall be there.
 * @returns How many files were left as they had been changed by others; or
 * `ExportError` when a file is in the way that is not of an earlier call, or a
 * link cannot be made; or `StorageError`.
 */
export const exportTo = Effect.fnUntraced(function* (
  folder: string,
  exports: readonly Export[],
) {
  yield* makeFolder(folder);
  const before = yield* readList(folder);
  yield* removeFile(join(folder, partialName));
  const known = new Map(before.map((entry) => [entry.path, entry]));
  const entries = yield* Effect.forEach(exports, entryOf, { concurrency: 16 });
  for (const { path } of entries) {
    if (known.has(path)) continue;
    if ((yield* linkOrKind(join(folder, path))) === "nothing") continue;
    return yield* new ExportError({
      folder: shown(folder),
      rule: "nothing that is not of an earlier export may be overwritten",
      found: `${path} is there; name another --out`,
    });
  }
  for (
    const parent of new Set(entries.flatMap(({ path }) => parentsOf(path)))
  ) {
    if ((yield* linkOrKind(join(folder, parent))) !== "link") continue;
    return yield* new ExportError({
      folder: shown(folder),
      rule: "no folder in it may be a link to another place",
      found: `${parent} is one`,
    });
  }
  const wanted = new Set(entries.map(({ path }) => path));
  const stale = before.filter(({ path }) => !wanted.has(path));
  yield* writeList(folder, [...entries, ...stale]);
  let changed = 0;
  for (const entry of stale) {
    if (!(yield* removeOwn(folder, entry))) changed++;
  }
  for (const [i, one] of exports.entries()) {
    const entry = known.get(one.path);
    if (yield* isDone(folder, one, entries[i]!)) continue;
    if (entry !== undefined && one.kind !== "file") {
      if (!(yield* removeOwn(folder, entry))) {
        changed++;
        continue;
      }
    }
    yield* make(folder, one);
  }
  yield* writeList(folder, entries);
  if (changed > 0) {
    yield* Effect.logWarning(
      `Left ${changed} files of ${shown(folder)} as they are: they were ` +
        "changed since they were exported",
    );
  }
  return changed;
});

/** The folders above a path: `a` and `a/b` of `a/b/c`. */
const parentsOf = (path: string): readonly string[] => {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
};

const readList = Effect.fnUntraced(function* (folder: string) {
  const path = join(folder, listName);
  if ((yield* kindOf(path)) === "nothing") return [];
  const list = List(new TextDecoder().decode(yield* readBytes(path)));
  const isOurs = !(list instanceof type.errors) &&
    list.entries.every(({ path }) =>
      !path.startsWith("/") && !/(^|[\\/])\.\.([\\/]|$)/.test(path)
    );
  if (isOurs) return list.entries;
  return yield* new ExportError({
    folder: shown(folder),
    rule: `its ${listName} must be the list of an earlier export`,
    found: "something else",
  });
});

const writeList = (folder: string, entries: readonly Entry[]) =>
  writeDurably(
    join(folder, listName),
    new TextEncoder().encode(JSON.stringify({ entries }, null, 1) + "\n"),
  );

/** What is at a path, without following a link. */
const linkOrKind = (path: string): Effect.Effect<"link" | "file" | "nothing"> =>
  Effect.promise(() =>
    lstat(path).then(
      (found) => found.isSymbolicLink() ? "link" : "file",
      () => "nothing",
    )
  );

/** A copy has the size and time of what it is of. */
const entryOf = (one: Export): Effect.Effect<Entry> =>
  Effect.promise(async () => {
    const { path, kind } = one;
    if (kind !== "copy") return { path, kind };
    const found = await stat(one.of).catch(() => undefined);
    return found === undefined ? { path, kind } : {
      path,
      kind,
      size: found.size,
      modifiedMs: Math.floor(found.mtimeMs),
    };
  });

/** Whether a copy is there already. Links are made anew: they are cheap. */
const isDone = (folder: string, one: Export, entry: Entry) =>
  one.kind === "copy"
    ? isUntouched(join(folder, one.path), entry)
    : Effect.succeed(false);

const isUntouched = (path: string, entry: Entry): Effect.Effect<boolean> =>
  Effect.promise(() =>
    lstat(path).then(
      (found) =>
        entry.kind === "link"
          ? found.isSymbolicLink()
          : entry.kind === "copy"
          ? found.isFile() && found.size === entry.size &&
            Math.floor(found.mtimeMs) === entry.modifiedMs
          : found.isFile(),
      () => false,
    )
  );

/** Removes what an earlier call made; false when it is something else now. */
const removeOwn = Effect.fnUntraced(function* (folder: string, entry: Entry) {
  const path = join(folder, entry.path);
  if ((yield* linkOrKind(path)) === "nothing") return true;
  if (!(yield* isUntouched(path, entry))) return false;
  yield* Effect.promise(async () => {
    await unlink(path);
    // Folders that are empty now; the first that is not stays.
    const parents = entry.path.split("/").slice(0, -1);
    for (; parents.length > 0; parents.pop()) {
      const isGone = await rmdir(join(folder, ...parents))
        .then(() => true, () => false);
      if (!isGone) break;
    }
  });
  return true;
});

const make = Effect.fnUntraced(function* (folder: string, one: Export) {
  const path = join(folder, one.path);
  if (one.kind === "file") {
    yield* writeDurably(path, one.content);
    return;
  }
  yield* makeFolder(dirname(path));
  yield* Effect.tryPromise({
    try: async () => {
      if (one.kind === "link") return await symlink(one.of, path);
      await copyWhole(one.of, path, join(folder, partialName));
    },
    catch: (cause) =>
      new ExportError({
        folder: shown(folder),
        rule: one.kind === "link"
          ? "links must be possible there (--files copies makes none)"
          : "every image must be readable, with room for its copy",
        found: messageOf(cause),
      }),
  });
});

/** A copy appears with its time or not at all, so that it is known as ours. */
const copyWhole = async (of: string, path: string, partial: string) => {
  try {
    await copyFile(of, partial);
    const { atime, mtime } = await stat(of);
    await utimes(partial, atime, mtime);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
};
