/**
 * Where a VOC folder holds what: image sets, images, annotations.
 *
 * Public data sets keep to VOC's layout more or less: images are PNG, names of
 * folders differ in letters' case, lists give images with their extension or
 * path. Hidden files, such as macOS's `._` files, belong to none.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { isImageName } from "@deepcluster/data";
import { Effect } from "effect";
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { VocFolderError } from "./errors.ts";

/** The files of a folder by their names without extension. */
export interface NamedFiles {
  /** Path of the folder, also when there is none. */
  readonly folder: string;
  /** Paths by name; several files may have one name. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/** What a VOC folder holds. */
export interface VocLayout {
  /** Such as `VOCdevkit/VOC2007`. */
  readonly folder: string;
  /** Folder of the image sets. */
  readonly setsFolder: string;
  /** Names of the files of the image sets, sorted. */
  readonly setFiles: readonly string[];
  /** Images by the names that image sets call them. */
  readonly images: NamedFiles;
  /** XML annotations by the names of their images. */
  readonly annotations: NamedFiles;
}

/**
 * Looks where a folder holds image sets, images and annotations. No file is
 * opened.
 *
 * @param folder Such as `VOCdevkit/VOC2007`.
 * @returns What there is; or `VocFolderError` when there are no image sets.
 */
export const openVocLayout: (
  folder: string,
) => Effect.Effect<VocLayout, VocFolderError> = Effect.fnUntraced(function* (
  folder,
) {
  const names = yield* namesIn(folder);
  const setsFolder = yield* setsFolderOf(folder, names);
  const named = (pattern: RegExp, defaultName: string) =>
    join(folder, nameLike(names, pattern, defaultName) ?? defaultName);
  return {
    folder,
    setsFolder,
    setFiles: (yield* namesIn(setsFolder)).filter((name) =>
      name.endsWith(".txt") && !name.startsWith(".")
    ).toSorted(),
    images: yield* filesIn(named(/^jpegimages?$/i, "JPEGImages"), isImageName),
    annotations: yield* filesIn(
      named(/^annotations?$/i, "Annotations"),
      (name) => /\.xml$/i.test(name),
    ),
  };
});

/**
 * The name of an image, as an image set calls it: alone, with its extension or
 * with its path.
 *
 * @param layout Of the folder.
 * @param text What the image set says.
 * @returns The name below `JPEGImages`, without extension, whether or not
 * there is such an image; nothing for a path that leads elsewhere.
 */
export const imageNamed = (
  { images }: Pick<VocLayout, "images">,
  text: string,
): string | undefined => {
  const path = text.replaceAll("\\", "/")
    .replace(/^(.*\/)?jpegimages?\//i, "").replace(/^(\.\/)+/, "");
  if (/^\/|^[a-z]:\//i.test(path) || path.split("/").includes("..")) {
    return undefined;
  }
  if (images.paths.has(path) || !isImageName(path)) return path;
  return withoutExtension(path);
};

/** The name itself where there is one, else one that differs in case only. */
const nameLike = (
  names: readonly string[],
  pattern: RegExp,
  defaultName: string,
): string | undefined =>
  names.includes(defaultName)
    ? defaultName
    : names.find((name) => pattern.test(name));

const rule = "it must hold ImageSets/Main, as VOCdevkit/VOC2007 does";

const namesIn = (folder: string) =>
  Effect.map(
    Effect.tryPromise({
      try: () => readdir(folder),
      catch: (cause) => refuse(folder, messageOf(cause)),
    }),
    (names) => names.toSorted(),
  );

const refuse = (folder: string, found: string) =>
  new VocFolderError({ path: folder, rule, found });

const setsFolderOf = Effect.fnUntraced(function* (
  folder: string,
  names: readonly string[],
) {
  const sets = nameLike(names, /^imagesets$/i, "ImageSets");
  if (sets !== undefined) {
    const below = yield* namesIn(join(folder, sets));
    const main = nameLike(below, /^main$/i, "Main");
    if (main !== undefined) return join(folder, sets, main);
    return yield* refuse(folder, `${sets} with ${shownNames(below)}`);
  }
  for (const name of names) {
    const below = yield* Effect.orElseSucceed(
      namesIn(join(folder, name)),
      () => [],
    );
    if (nameLike(below, /^imagesets$/i, "ImageSets") === undefined) continue;
    return yield* refuse(folder, `${name} below it, which has ImageSets`);
  }
  return yield* refuse(folder, shownNames(names));
});

const shownNames = (names: readonly string[]): string =>
  names.length === 0
    ? "nothing"
    : names.slice(0, 5).join(", ") + (names.length > 5 ? " …" : "");

/** Files of a folder and those below it; none when there is no such folder. */
const filesIn = (folder: string, isOurs: (name: string) => boolean) =>
  Effect.promise(async (): Promise<NamedFiles> => {
    const options = { recursive: true, withFileTypes: true } as const;
    const entries = await readdir(folder, options).catch(() => [] as Dirent[]);
    const paths = new Map<string, string[]>();
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const below = relative(folder, path).replaceAll(sep, "/");
      if (entry.isDirectory() || !isOurs(entry.name)) continue;
      if (below.split("/").some((part) => part.startsWith("."))) continue;
      const name = withoutExtension(below);
      paths.set(name, [...paths.get(name) ?? [], path].toSorted());
    }
    return { folder, paths };
  });

const withoutExtension = (path: string): string =>
  path.replace(/\.[^./]*$/, "");
