/**
 * What a manifest lists, collected line by line: ids, labels, and the first
 * rule that is broken.
 *
 * @module
 */
import { isAbsolute, posix, relative, resolve, sep } from "node:path";
import { DuplicateImageError, ManifestError } from "./errors.ts";
import { isFile } from "./file_system.ts";
import { isImageName } from "./image_files.ts";
import { spellingsOf } from "./path_spellings.ts";
import { shownText, wasUtf8 } from "./utf8_text.ts";

/** Names of the columns of an entry, for messages. */
export interface EntryColumns {
  /** That of the path. */
  readonly path: () => string;
  /** That of the label. */
  readonly label: () => string;
}

/** Entries of a manifest while it is read. */
export interface ManifestEntries {
  /** Paths relative to the manifest's folder. */
  readonly ids: string[];
  /** Class name of each, `undefined` where there is none. */
  readonly classNames: (string | undefined)[];
  /** The first rule that a line breaks. Later lines do not matter. */
  readonly problem: () => ManifestError | DuplicateImageError | undefined;
  /** Takes one entry; its columns have names unless it is a line of a list. */
  readonly add: (
    path: string,
    className: string | undefined,
    line: number,
    columns?: EntryColumns,
  ) => void;
  /** Reports a line, or a column of it, that is no entry. */
  readonly reject: (
    rule: string,
    found: string,
    line: number,
    column?: string,
  ) => void;
  /** Whether a path is that of a file, in one of its spellings. */
  readonly exists: (path: string) => boolean;
  /** Whether a text is the name of an image, or the path of any file. */
  readonly isImage: (path: string) => boolean;
}

/**
 * Begins to collect the entries of a manifest.
 *
 * A path with backslashes, or with white space at its ends, is taken as it is
 * written if that is a file, otherwise with `/` and without the space if that
 * is one: only for these is the disk asked.
 *
 * About 100 bytes of memory an entry beside its path, while it is read.
 *
 * @param file Path of the manifest.
 * @param folder Absolute path of its folder, to which entries are relative.
 * @param literal Whether every path is taken as it is written.
 * @returns The entries, none so far.
 */
export const manifestEntries = (
  file: string,
  folder: string,
  literal = false,
): ManifestEntries => {
  const ids: string[] = [];
  const classNames: (string | undefined)[] = [];
  const lines = new Map<string, number>();
  let problem: ManifestError | DuplicateImageError | undefined;
  const reject: ManifestEntries["reject"] = (rule, found, line, column) => {
    problem ??= new ManifestError({
      file,
      line,
      ...column !== undefined && { column },
      rule,
      found: shownText(found),
    });
  };
  const fileAmong = (spellings: readonly string[]) =>
    spellings.find((path) => isFile(resolve(folder, path)));
  const exists = (path: string) => fileAmong(spellingsOf(path)) !== undefined;
  const isImage = (path: string) => isImageName(path.trim()) || exists(path);
  const add: ManifestEntries["add"] = (written, className, line, columns) => {
    if (problem !== undefined) return;
    const column = columns?.path();
    if (written.trim() === "") {
      return reject("a path must not be empty", '""', line, column);
    }
    if (!wasUtf8(written)) {
      return reject("a path must be in UTF-8", written, line, column);
    }
    if (className !== undefined && !wasUtf8(className)) {
      const rule = "a label must be in UTF-8";
      return reject(rule, className, line, columns?.label());
    }
    const spellings = literal ? [written] : spellingsOf(written);
    const path = spellings.length === 1
      ? spellings[0]!
      : fileAmong(spellings) ?? spellings[0]!;
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
      const rule = "a path must be that of a local file";
      return reject(rule, path, line, column);
    }
    const id = idOf(path, folder);
    const firstLine = lines.get(id);
    if (firstLine !== undefined) {
      problem = new DuplicateImageError({
        file,
        id,
        firstLine,
        secondLine: line,
      });
      return;
    }
    lines.set(id, line);
    ids.push(id);
    classNames.push(className === "" ? undefined : className);
  };
  return {
    ids,
    classNames,
    problem: () => problem,
    add,
    reject,
    exists,
    isImage,
  };
};

/** The one way to write a path that names the same file. */
const idOf = (path: string, folder: string): string => {
  const slashed = sep === "\\" ? path.replaceAll("\\", "/") : path;
  if (!isAbsolute(path)) {
    return unusual.test(slashed) ? posix.normalize(slashed) : slashed;
  }
  const within = relative(folder, resolve(path));
  const id = within === "" || within.startsWith("..") || isAbsolute(within)
    ? resolve(path)
    : within;
  return sep === "\\" ? id.replaceAll("\\", "/") : id;
};

/** Paths with `.`, `..` or empty parts. */
const unusual = /(^|\/)\.{0,2}(\/|$)/;
