/**
 * What our folders take on disk, and what of it may go.
 *
 * A {@link StorageKind} knows the files of one kind of folder, such as a run;
 * the list of kinds is open. Files that a kind does not know as its own are
 * counted and never removed. Links are never followed.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { FolderInUseError, RunBusyError, StorageError } from "./errors.ts";
import { isPartial } from "./reading.ts";
import { attempt } from "./system_calls.ts";

/** A file of one of our folders. */
export interface StoredFile {
  /** Path relative to the folder, with `/` between names. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/**
 * What removing files costs: `safe` when our programs compute them again as
 * needed, `loses` when something cannot be had again without training or
 * evaluating, `needed` when the rest of the folder is of no use without them.
 */
export type RemovalCost = "safe" | "loses" | "needed";

/** Files that are removed together. */
export interface StoragePart {
  /** One word, the same for all parts of the same purpose: `features`. */
  readonly name: string;
  /** The part's own folder within the storage, if it has one. */
  readonly path?: string;
  /** What removing it costs. */
  readonly cost: RemovalCost;
  /** What it is, or what removing it costs, in words. */
  readonly note: string;
  /** Seconds that computing it again takes, where that is known. */
  readonly seconds?: number;
  /** Its files, in the order in which they are removed. */
  readonly files: readonly StoredFile[];
}

/** What a kind says of a folder. */
export interface StorageDescription {
  /** What the folder is of, and in which state. */
  readonly title: string;
  /** Its parts, in the order in which they are removed. */
  readonly parts: readonly StoragePart[];
}

/** What {@link StorageKind.describe} needs besides the files. */
export interface DescribeOptions {
  /** Whether a process uses the folder. */
  readonly inUse: boolean;
  /** Whether to read files to be sure that they are intact. */
  readonly verify: boolean;
}

/** How thoroughly {@link scanStorage} looks. */
export interface ScanOptions {
  /**
   * Whether to read files to be sure of what is needed, as before files are
   * removed. Default: false, which goes by names.
   */
  readonly verify?: boolean;
  /** Whether the caller holds the locks itself. Default: false. */
  readonly locked?: boolean;
}

/** A kind of folder of ours. */
export interface StorageKind {
  /** What such a folder is called. */
  readonly name: string;
  /** Names of the parts that such a folder can have. */
  readonly partNames: readonly string[];
  /** Returns whether a folder is of this kind, by the names in it. */
  readonly recognise: (names: readonly string[]) => boolean;
  /** Sorts a folder's files into parts. */
  readonly describe: (
    folder: string,
    files: readonly StoredFile[],
    options: DescribeOptions,
  ) => Effect.Effect<StorageDescription, StorageError>;
  /** Returns whether a process uses the folder at this moment. */
  readonly inUse: (folder: string) => Effect.Effect<boolean, StorageError>;
  /** Keeps other processes out of the folder while the scope lasts. */
  readonly lock: (
    folder: string,
  ) => Effect.Effect<
    void,
    RunBusyError | FolderInUseError | StorageError,
    Scope.Scope
  >;
}

/** A folder of ours, with everything in it. */
export interface StoredFolder extends StorageDescription {
  /** What it is. */
  readonly kind: StorageKind;
  /** Where it is. */
  readonly folder: string;
  /** Whether a process uses it. */
  readonly inUse: boolean;
  /** Files in it that are not ours. */
  readonly others: readonly StoredFile[];
}

/** What {@link scanStorage} found. */
export interface StorageScan {
  /** Our folders by path; one inside another follows it as an entry of its own. */
  readonly folders: readonly StoredFolder[];
  /** Links, which are not followed. */
  readonly links: readonly string[];
}

/**
 * Finds our folders at and below a folder.
 *
 * Lists every folder below it, and asks for the size of each file of ours.
 *
 * @param folder Where to look.
 * @param kinds The kinds to know.
 * @param options See {@link ScanOptions}.
 * @returns What was found, or `StorageError` when a folder cannot be listed.
 */
export const scanStorage: (
  folder: string,
  kinds: readonly StorageKind[],
  options?: ScanOptions,
) => Effect.Effect<StorageScan, StorageError> = Effect.fn("scanStorage")(
  function* (
    folder,
    kinds,
    options = {},
  ) {
    const tree: Tree = { kinds, owners: [], links: [] };
    yield* listTree(tree, folder, undefined);
    const folders = yield* Effect.forEach(
      tree.owners,
      (owner) => describeOwner(owner, options),
    );
    return {
      folders: folders.sort((a, b) => a.folder < b.folder ? -1 : 1),
      links: tree.links.sort(),
    };
  },
);

/**
 * Returns the kind of a folder.
 *
 * @param folder The folder; one that does not exist is of none.
 * @param kinds The kinds to know.
 * @returns The kind, if it is one of ours; or `StorageError`.
 */
export const kindOfFolder: (
  folder: string,
  kinds: readonly StorageKind[],
) => Effect.Effect<StorageKind | undefined, StorageError> = Effect.fnUntraced(
  function* (
    folder,
    kinds,
  ) {
    const entries = yield* orGone(entriesOf(folder));
    return entries && kindAmong(entries, kinds);
  },
);

/**
 * Returns what is at a path, without following a link.
 *
 * @param path Any path.
 * @returns `file`, `folder`, `link` or `nothing`, or `StorageError`.
 */
export const linkOrKindOf: (
  path: string,
) => Effect.Effect<"file" | "folder" | "link" | "nothing", StorageError> =
  Effect.fnUntraced(function* (
    path,
  ) {
    const stats = yield* orGone(attempt("look at", path, () => lstat(path)));
    if (stats === undefined) return "nothing";
    if (stats.isSymbolicLink()) return "link";
    return stats.isDirectory() ? "folder" : "file";
  });

/**
 * Makes a part of the files that match one of some patterns.
 *
 * @param files The folder's files.
 * @param patterns Of their paths; files of an earlier pattern come first.
 * @param part What else there is to say of the part.
 * @returns The part, which may be empty.
 */
export const partOf = (
  files: readonly StoredFile[],
  patterns: readonly RegExp[],
  part: Omit<StoragePart, "files">,
): StoragePart => ({
  ...part,
  files: patterns.flatMap((pattern) =>
    files.filter(({ path }) => pattern.test(path))
  ),
});

/**
 * Makes a part of what killed processes left half-written.
 *
 * @param files The folder's files.
 * @returns The part, which may be empty.
 */
export const partialsOf = (files: readonly StoredFile[]): StoragePart => ({
  name: "partial",
  cost: "safe",
  note: "left half-written by a process that was killed",
  files: files.filter(({ path }) => isPartial(path)),
});

/** A folder of ours while its files are collected. */
interface Owner {
  readonly folder: string;
  readonly kind: StorageKind;
  readonly paths: string[];
}

interface Tree {
  readonly kinds: readonly StorageKind[];
  readonly owners: Owner[];
  readonly links: string[];
}

const entriesOf = (folder: string): Effect.Effect<Dirent[], StorageError> =>
  attempt("list", folder, () => readdir(folder, { withFileTypes: true }));

/** A link in a folder does not make it one of ours. */
const kindAmong = (
  entries: readonly Dirent[],
  kinds: readonly StorageKind[],
): StorageKind | undefined => {
  const names = entries.filter((entry) => !entry.isSymbolicLink())
    .map(({ name }) => name);
  return kinds.find(({ recognise }) => recognise(names));
};

/** Files belong to the innermost of our folders around them. */
const listTree = Effect.fnUntraced(function* (
  tree: Tree,
  folder: string,
  around: Owner | undefined,
): Effect.fn.Return<void, StorageError> {
  const entries = yield* entriesOf(folder);
  const kind = kindAmong(entries, tree.kinds);
  const owner = kind ? { folder, kind, paths: [] } : around;
  if (kind) tree.owners.push(owner!);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* orGone(listTree(tree, path, owner));
    else if (entry.isSymbolicLink()) tree.links.push(path);
    else owner?.paths.push(path);
  }
});

const describeOwner = Effect.fnUntraced(function* (
  { folder, kind, paths }: Owner,
  { verify = false, locked = false }: ScanOptions,
): Effect.fn.Return<StoredFolder, StorageError> {
  const found = yield* Effect.forEach(
    paths,
    (path) => orGone(storedFile(folder, path)),
    { concurrency: 32 },
  );
  const files = found.filter((file) => file !== undefined);
  const inUse = !locked && (yield* kind.inUse(folder));
  const options = { inUse, verify };
  const { title, parts } = yield* kind.describe(folder, files, options);
  const ours = new Set(parts.flatMap((part) => part.files));
  return {
    kind,
    folder,
    inUse,
    title,
    parts: parts.filter((part) => part.files.length > 0),
    others: files.filter((file) => !ours.has(file)),
  };
});

const storedFile = (
  folder: string,
  path: string,
): Effect.Effect<StoredFile, StorageError> =>
  Effect.map(
    attempt("look at", path, () => lstat(path)),
    ({ size, mtimeMs }) => ({
      path: relative(folder, path).replaceAll(sep, "/"),
      bytes: size,
      modifiedMs: mtimeMs,
    }),
  );

/** A process that works on a run removes files while they are listed. */
const orGone = <A>(effect: Effect.Effect<A, StorageError>) =>
  effect.pipe(
    Effect.catchIf(
      ({ reason }) => reason === "missing",
      () => Effect.succeed(undefined),
    ),
  );
