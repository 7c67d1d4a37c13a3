/**
 * What `storage remove` is to remove.
 *
 * @module
 */
import {
  kindOfFolder,
  linkOrKindOf,
  scanStorage,
  type StoragePart,
  type StoredFolder,
} from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Effect } from "effect";
import { basename, dirname } from "node:path";
import { StorageCommandError } from "./storage_errors.ts";
import { storageKinds } from "./storage_kinds.ts";
import { newestMs } from "./storage_text.ts";

/** Which parts are selected. */
export interface PartFilter {
  /** Only what is computed again when it is needed. */
  readonly safe: boolean;
  /** Only parts of these names. */
  readonly only: readonly string[] | undefined;
  /** Only what was last used before, in milliseconds since 1970. */
  readonly before: number | undefined;
}

/** Parts of one folder to remove. */
export interface Chosen {
  /** The folder. */
  readonly folder: StoredFolder;
  /** Some or all of its parts. */
  readonly parts: readonly StoragePart[];
}

/** What {@link chooseParts} came to. */
export interface Choice {
  /** What to remove; a folder stands before those around it. */
  readonly chosen: readonly Chosen[];
  /** Folders that were not named and are left alone, since they are in use. */
  readonly left: readonly string[];
}

/**
 * Finds the parts to remove. Reads checkpoints to be sure which are needed.
 *
 * @param paths As given: runs, caches, sets of features, or folders of such.
 * @param filter See {@link PartFilter}.
 * @returns See {@link Choice}; or `StorageCommandError` when a path holds
 * nothing of ours or more than was meant, or a name is that of no part;
 * `RunBusyError` or `FolderInUseError` when a folder that was named is in use;
 * or `StorageError`.
 */
export const chooseParts = Effect.fnUntraced(function* (
  paths: readonly string[],
  filter: PartFilter,
) {
  const targets = (yield* Effect.forEach(paths, targetsAt(filter))).flat();
  yield* requireParts(targets, filter);
  const chosen = new Map<string, Chosen>();
  const left = new Set<string>();
  for (const { folder, parts, named } of targets) {
    const more = parts.filter(passes(filter, folder));
    if (more.length === 0) continue;
    if (folder.inUse && named) {
      yield* Effect.scoped(folder.kind.lock(folder.folder));
    }
    if (folder.inUse) left.add(folder.folder);
    else {
      const before = chosen.get(folder.folder)?.parts ?? [];
      const all = [...before, ...more].map((part) =>
        [`${part.name} ${part.path}`, part] as const
      );
      chosen.set(folder.folder, {
        folder,
        parts: [...new Map(all).values()],
      });
    }
  }
  return {
    chosen: [...chosen.values()]
      .sort((a, b) => a.folder.folder < b.folder.folder ? 1 : -1),
    left: [...left],
  } satisfies Choice;
});

/** What a path stands for, before any filter. */
interface Target {
  readonly folder: StoredFolder;
  readonly parts: readonly StoragePart[];
  /** Whether the path is this very folder or a part of it. */
  readonly named: boolean;
}

const targetsAt = (filter: PartFilter) =>
  Effect.fnUntraced(function* (path: string) {
    const refuse = (rule: string, found: string) =>
      new StorageCommandError({ action: `remove ${path}`, rule, found });
    const place = fromHere(path);
    const kind = yield* linkOrKindOf(place);
    if (kind !== "folder") {
      return yield* refuse(
        "it must be a run, a cache, a set of features, or a folder of such",
        {
          file: "it is a file",
          link: "it is a link; name what it points to",
          nothing: "nothing is there",
        }[kind],
      );
    }
    const part = yield* partAt(place);
    if (part !== undefined) return [part];
    const { folders } = yield* scanStorage(place, storageKinds, {
      verify: true,
    });
    if (folders.length === 0) {
      return yield* refuse(
        "it must be a run, a cache, a set of features, or a folder of such",
        "it holds nothing of ours",
      );
    }
    const whole = folders.some(({ folder }) => folder === place);
    if (!whole && !filter.safe && filter.only === undefined) {
      return yield* refuse(
        "a whole run or cache must be named itself; or add --safe or --only",
        `it holds ${folders.length} of them`,
      );
    }
    return folders.map((folder): Target => ({
      folder,
      parts: folder.parts,
      named: folder.folder === place,
    }));
  });

/** A part that has a folder of its own, such as a set of features. */
const partAt = Effect.fnUntraced(function* (place: string) {
  const around = dirname(place);
  if ((yield* kindOfFolder(around, storageKinds)) === undefined) return;
  const { folders } = yield* scanStorage(around, storageKinds, {
    verify: true,
  });
  const folder = folders.find(({ folder }) => folder === around);
  const parts = folder?.parts.filter(({ path }) => path === basename(place));
  if (!folder || !parts || parts.length === 0) return undefined;
  return { folder, parts, named: true } satisfies Target;
});

/** Names of parts must be such, and parts that others need stay with them. */
const requireParts = Effect.fnUntraced(function* (
  targets: readonly Target[],
  { only }: PartFilter,
) {
  if (only === undefined) return;
  const parts = targets.flatMap((target) => target.parts);
  const action = `remove --only ${only.join(",")}`;
  const known = new Set(storageKinds.flatMap(({ partNames }) => partNames));
  const unknown = only.find((name) => !known.has(name));
  if (unknown !== undefined) {
    return yield* new StorageCommandError({
      action,
      rule: `names must be some of ${[...known].sort().join(", ")}`,
      found: unknown,
    });
  }
  const needed = parts.find(({ name, cost }) =>
    cost === "needed" && only.includes(name)
  );
  if (needed === undefined) return;
  return yield* new StorageCommandError({
    action,
    rule: "what the rest of a folder needs goes only with the whole folder: " +
      "name that, without --only",
    found: needed.name,
  });
});

/** Without names and --safe, a folder goes as a whole or not at all. */
const passes = (
  { safe, only, before = Infinity }: PartFilter,
  { parts }: StoredFolder,
) => {
  const all = newestMs(parts.flatMap(({ files }) => files));
  const whole = !safe && only === undefined;
  return (part: StoragePart): boolean =>
    (!safe || part.cost === "safe") &&
    (only === undefined || only.includes(part.name)) &&
    (whole && part.path === undefined ? all : newestMs(part.files)) < before;
};
