/**
 * How the folders below a folder of images are understood: as classes, as the
 * parts of a split, or as a mere wrapper around either.
 *
 * @module
 */

/** What the images of a part are for. */
export type PartRole = "train" | "test" | "validation";

/** One part of a folder that is split already. */
export interface FolderPart {
  /** What its images are for. */
  readonly role: PartRole;
  /** Name of its folder, such as `valid`. */
  readonly name: string;
  /** What the ids of its images begin with, such as `photos/valid/`. */
  readonly prefix: string;
  /** Number of its images. */
  readonly images: number;
}

/** How a folder is understood. */
export interface FolderLayout {
  /** Folder around all others, such as `photos/`; empty when there is none. */
  readonly wrapper: string;
  /** Training part, test part, validation part; empty when not split. */
  readonly parts: readonly FolderPart[];
  /** Class of each image by name; `undefined` where it lies in no class. */
  readonly classNames: readonly (string | undefined)[];
  /** Classes of a part named as in the training part but for their case. */
  readonly renamed: ReadonlyMap<string, string>;
  /**
   * Folders within a class that are named like the parts of a split, such as
   * `cat/train/` and `cat/test/`; empty when no class has both.
   */
  readonly partsWithin: readonly string[];
}

/** Why a folder can be understood in two ways. */
export interface AmbiguousLayout {
  /** A sentence part, such as `plane and train lie side by side`. */
  readonly ambiguous: string;
}

/**
 * Finds classes and parts from the paths of images.
 *
 * Folders within one that holds all of them count as if it were not there.
 * When all folders have the known names of parts, in any case, each role is
 * there once and one part is for training, they are parts, and the folders in
 * them are classes; likewise when a training part and another hold folders,
 * whatever lies beside them, which is then in no part. Without such names the
 * folders are classes. A `train` among other folders is a class, too, if no
 * folder lies in it: a vehicle. Anything between is ambiguous, and so are names
 * that mean parts in other words, such as `train_images` and `test_images`.
 *
 * Images that lie beside classes are in none. O(n) time.
 *
 * @param ids Paths of images, with `/` between their parts.
 * @returns The layout, or why it is ambiguous.
 *
 * @example Parts
 * ```ts
 * import { folderLayout } from "@deepcluster/data";
 * import assert from "node:assert/strict";
 *
 * const layout = folderLayout([
 *   "Test/cat/1.png",
 *   "Train/cat/1.png",
 *   "Train/dog/1.png",
 * ]);
 * assert.ok("parts" in layout);
 * assert.deepEqual(layout.parts.map(({ name }) => name), ["Train", "Test"]);
 * assert.deepEqual(layout.classNames, ["cat", "cat", "dog"]);
 * ```
 */
export const folderLayout = (
  ids: readonly string[],
): FolderLayout | AmbiguousLayout => {
  const wrapper = within(ids, "");
  const { folders } = levelOf(ids, wrapper);
  if (folders.size < 2) return noLayout(ids.length);
  const problem = ambiguityOf(folders);
  if (problem !== undefined) return { ambiguous: problem };
  if (areParts(folders)) return partsIn(ids, wrapper, folders);
  return {
    wrapper,
    parts: [],
    classNames: ids.map((id) =>
      id.startsWith(wrapper) ? folderAfter(id, wrapper) : undefined
    ),
    renamed: new Map(),
    partsWithin: partsWithin(ids, wrapper),
  };
};

/**
 * The layout of images without classes or parts.
 *
 * @param images Number of images.
 * @returns The layout.
 */
export const noLayout = (images: number): FolderLayout => ({
  wrapper: "",
  parts: [],
  classNames: new Array<undefined>(images).fill(undefined),
  renamed: new Map(),
  partsWithin: [],
});

const roles: Record<PartRole, readonly string[]> = {
  train: ["train", "training"],
  test: ["test", "testing", "eval"],
  validation: ["val", "valid", "validation", "dev"],
};

/** What a part of this name is for, if it is one's. */
const roleOf = (name: string): PartRole | undefined =>
  (["train", "test", "validation"] as const)
    .find((role) => roles[role].includes(name.toLowerCase()));

/**
 * What a part would be for whose name says it in other words, such as
 * `train_images`, `val2017`, `testset`, `trainA`.
 */
const likelyRoleOf = (name: string): PartRole | undefined =>
  name.toLowerCase().split(/[^a-z]+/)
    .map((word) => roleOf(word.replace(affix, "$1")))
    .find((role) => role !== undefined);

const affix =
  /^(train|training|test|testing|eval|val|valid|validation|dev)(set|data|images|[a-z])$/;

/** A folder with images in it or below it. */
interface Subfolder {
  /** Number of images. */
  images: number;
  /** Whether some of them lie in folders of their own. */
  nested: boolean;
  /** Whether some of them lie directly in it. */
  direct: boolean;
}

interface Level {
  readonly folders: ReadonlyMap<string, Subfolder>;
  /** Images that lie in no folder. */
  readonly loose: number;
}

const levelOf = (ids: readonly string[], prefix: string): Level => {
  const folders = new Map<string, Subfolder>();
  let loose = 0;
  for (const id of ids) {
    if (!id.startsWith(prefix)) continue;
    const name = folderAfter(id, prefix);
    if (name === undefined) {
      loose++;
      continue;
    }
    let folder = folders.get(name);
    if (folder === undefined) {
      folders.set(name, folder = { images: 0, nested: false, direct: false });
    }
    folder.images++;
    if (id.indexOf("/", prefix.length + name.length + 1) < 0) {
      folder.direct = true;
    } else folder.nested = true;
  }
  return { folders, loose };
};

/** The folder that an image lies in, among those with this prefix. */
const folderAfter = (id: string, prefix: string): string | undefined => {
  const slash = id.indexOf("/", prefix.length);
  return slash < 0 ? undefined : id.slice(prefix.length, slash);
};

/** Goes down while there is one folder; back when that leads to none. */
const within = (ids: readonly string[], start: string): string => {
  for (let prefix = start;;) {
    const [name, second] = levelOf(ids, prefix).folders.keys();
    if (name === undefined) return start;
    if (second !== undefined) return prefix;
    prefix += `${name}/`;
  }
};

/** A training part and another in the first class that has both. */
const partsWithin = (
  ids: readonly string[],
  wrapper: string,
): readonly string[] => {
  const found = new Map<string, Map<boolean, string>>();
  for (const id of ids) {
    if (!id.startsWith(wrapper)) continue;
    const within = `${wrapper}${folderAfter(id, wrapper) ?? ""}/`;
    const name = folderAfter(id, within);
    const role = name === undefined ? undefined : roleOf(name);
    if (role === undefined) continue;
    const both = found.get(within) ?? new Map<boolean, string>();
    found.set(within, both.set(role === "train", `${within}${name}/`));
    if (both.size === 2) return [both.get(true)!, both.get(false)!];
  }
  return [];
};

/** Whether folders that are not ambiguous are parts. */
const areParts = (folders: ReadonlyMap<string, Subfolder>): boolean => {
  const named = [...folders].filter(([name]) => roleOf(name) !== undefined);
  return named.length === folders.size || areSplit(folders);
};

/** Whether there is a part to train on and another, with folders in each. */
const areSplit = (folders: ReadonlyMap<string, Subfolder>): boolean => {
  const nested = [...folders].filter(([, { nested }]) => nested)
    .map(([name]) => roleOf(name));
  return nested.includes("train") &&
    (nested.includes("test") || nested.includes("validation"));
};

const ambiguityOf = (
  folders: ReadonlyMap<string, Subfolder>,
): string | undefined => {
  const byRole = Map.groupBy(folders.keys(), roleOf);
  const others = byRole.get(undefined) ?? [];
  byRole.delete(undefined);
  for (const [role, [name, second]] of byRole) {
    if (second !== undefined) {
      return `${name} and ${second} are both names of a ${role} part`;
    }
  }
  if (areSplit(folders)) return undefined;
  const alike = likeParts(folders);
  if (alike !== undefined) return `${alike.join(" and ")} are named like parts`;
  if (byRole.size === 0) return undefined;
  const [first] = [...byRole.values()].flat();
  if (others.length > 0) {
    const isClass = byRole.size === 1 && first!.toLowerCase() === "train" &&
      !folders.get(first!)!.nested;
    return isClass
      ? undefined
      : `${first} is the name of a part, ${others[0]} is not`;
  }
  return byRole.has("train")
    ? undefined
    : `${[...byRole.values()].flat().join(" and ")} are names of parts, and ` +
      "none is for training";
};

/**
 * Folders of which one would be for training and another not, where all are
 * named so, or both hold folders; in other words than the known ones.
 */
const likeParts = (
  folders: ReadonlyMap<string, Subfolder>,
): readonly [string, string] | undefined => {
  const likely = [...folders].flatMap(([name, { nested }]) => {
    const role = likelyRoleOf(name);
    return role === undefined ? [] : [{ name, role, nested }];
  });
  const all = likely.length === folders.size;
  const [train, other] = [true, false].map((isTrain) =>
    likely.find(({ role, nested }) =>
      (role === "train") === isTrain && (all || nested)
    )
  );
  if (train === undefined || other === undefined) return undefined;
  return likely.every(({ name }) => roleOf(name) !== undefined)
    ? undefined
    : [train.name, other.name];
};

const partsIn = (
  ids: readonly string[],
  wrapper: string,
  folders: ReadonlyMap<string, Subfolder>,
): FolderLayout => {
  const parts = (["train", "test", "validation"] as const).flatMap((role) =>
    [...folders].filter(([name]) => roleOf(name) === role)
      .map(([name, { images }]): FolderPart => ({
        role,
        name,
        prefix: `${wrapper}${name}/`,
        images,
      }))
  );
  const classNames = new Array<string | undefined>(ids.length)
    .fill(undefined);
  const renamed = new Map<string, string>();
  let known = new Set<string>();
  for (const { role, prefix } of parts) {
    const classes = classesIn(ids, prefix, known);
    const own = levelOf(ids, classes).folders.keys();
    if (role === "train") known = new Set(own);
    else {
      for (const name of own) {
        const same = known.has(name) ? undefined : sameBut(name, known);
        if (same !== undefined) renamed.set(name, same);
      }
    }
    ids.forEach((id, image) => {
      if (!id.startsWith(prefix)) return;
      const name = id.startsWith(classes)
        ? folderAfter(id, classes)
        : undefined;
      classNames[image] = name && role !== "train"
        ? renamed.get(name) ?? name
        : name;
    });
  }
  return { wrapper, parts, classNames, renamed, partsWithin: [] };
};

/** Sees through a wrapper within a part, as archives of archives leave it. */
const classesIn = (
  ids: readonly string[],
  prefix: string,
  known: ReadonlySet<string>,
): string => {
  const { folders, loose } = levelOf(ids, prefix);
  const [only, second] = folders;
  if (only === undefined || second !== undefined || loose > 0) return prefix;
  const [name, { direct }] = only;
  return direct || known.has(name) ? prefix : `${prefix}${name}/`;
};

/** The one class with this name in another case. */
const sameBut = (
  name: string,
  known: ReadonlySet<string>,
): string | undefined => {
  const same = [...known]
    .filter((other) => other.toLowerCase() === name.toLowerCase());
  return same.length === 1 ? same[0] : undefined;
};
