/**
 * The pictures of a dataset of instance retrieval, flat or nested.
 *
 * @module
 */
import { attempt, kindOf, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import { readdir } from "node:fs/promises";
import { join, parse } from "node:path";
import { InstanceDatasetError } from "./errors.ts";
import {
  corruptParis,
  type InstanceDatasetName,
  type NamedPicture,
} from "./instance_dataset.ts";

/** Where archives and their users put pictures, the first that is there. */
const pictureFolders = ["jpg", "paris", "images"];

/** Pictures that a folder holds. */
export interface Pictures {
  /** By name, ascending. */
  readonly pictures: readonly NamedPicture[];
  /** Names of those that are left out. */
  readonly corrupt: readonly string[];
}

/**
 * Lists the pictures of a dataset: `.jpg` files in `jpg`, `paris` or `images`,
 * else in the folder itself, at any depth.
 *
 * @param dataset Which dataset; of Paris the corrupt ones are left out.
 * @param root Its folder.
 * @returns The pictures, or `InstanceDatasetError` when there are none or two
 * have the same name, or `StorageError`.
 */
export const picturesIn: (
  dataset: InstanceDatasetName,
  root: string,
) => Effect.Effect<Pictures, InstanceDatasetError | StorageError> = Effect
  .fnUntraced(function* (dataset, root) {
    const folder = (yield* firstFolder(root, pictureFolders)) ?? root;
    const entries = yield* attempt(
      "list",
      folder,
      () => readdir(folder, { recursive: true, withFileTypes: true }),
    );
    const byName = new Map<string, string>();
    for (const entry of entries) {
      const { name, ext } = parse(entry.name);
      if (entry.isDirectory() || !/^\.jpe?g$/i.test(ext)) continue;
      const path = join(entry.parentPath, entry.name);
      const other = byName.get(name);
      if (other !== undefined) {
        const rule = `each picture must have a name of its own, not ${name}`;
        const found = `${other} and ${path}`;
        return yield* new InstanceDatasetError({
          dataset,
          path: root,
          rule,
          found,
        });
      }
      byName.set(name, path);
    }
    if (byName.size === 0) {
      return yield* new InstanceDatasetError({
        dataset,
        path: folder,
        rule: "it must hold .jpg files (in jpg/, paris/, images/ or beside " +
          "the lists)",
        found: "none",
      });
    }
    const names = [...byName.keys()].sort();
    const isCorrupt = (name: string) =>
      dataset.endsWith("paris6k") && corruptParis.has(name);
    return {
      pictures: names.filter((name) => !isCorrupt(name))
        .map((name) => ({ name, path: byName.get(name)! })),
      corrupt: names.filter(isCorrupt),
    };
  });

/**
 * Finds the first of some folders that is there.
 *
 * @param root Where they are looked for.
 * @param names Their names.
 * @returns Its path; `undefined` when there is none.
 */
export const firstFolder = Effect.fnUntraced(function* (
  root: string,
  names: readonly string[],
): Effect.fn.Return<string | undefined, StorageError> {
  for (const name of names) {
    const path = join(root, name);
    if ((yield* kindOf(path)) === "folder") return path;
  }
  return undefined;
});
