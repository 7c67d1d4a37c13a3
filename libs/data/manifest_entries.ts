/**
 * What a manifest lists, collected line by line: ids, labels, and the first
 * rule that is broken.
 *
 * @module
 */
import { isAbsolute, posix, relative, resolve, sep } from "node:path";
import { DuplicateImageError, ManifestError } from "./errors.ts";

/** Entries of a manifest while it is read. */
export interface ManifestEntries {
  /** Paths relative to the manifest's folder. */
  readonly ids: string[];
  /** Class name of each, `undefined` where there is none. */
  readonly classNames: (string | undefined)[];
  /** The first rule that a line breaks. Later lines do not matter. */
  readonly problem: () => ManifestError | DuplicateImageError | undefined;
  /** Takes one entry. */
  readonly add: (
    path: string,
    className: string | undefined,
    line: number,
  ) => void;
  /** Reports a line that is no entry. */
  readonly reject: (rule: string, found: string, line: number) => void;
}

/**
 * Begins to collect the entries of a manifest.
 *
 * About 100 bytes of memory an entry beside its path, while it is read.
 *
 * @param file Path of the manifest.
 * @param folder Absolute path of its folder, to which entries are relative.
 * @returns The entries, none so far.
 */
export const manifestEntries = (
  file: string,
  folder: string,
): ManifestEntries => {
  const ids: string[] = [];
  const classNames: (string | undefined)[] = [];
  const lines = new Map<string, number>();
  let problem: ManifestError | DuplicateImageError | undefined;
  const reject = (rule: string, found: string, line: number) => {
    problem ??= new ManifestError({ file, line, rule, found });
  };
  const add = (path: string, className: string | undefined, line: number) => {
    if (problem !== undefined) return;
    if (path === "") return reject("a path must not be empty", '""', line);
    if (path.includes("\uFFFD")) {
      return reject("a path must be in UTF-8", path, line);
    }
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
      return reject("a path must be that of a local file", path, line);
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
  return { ids, classNames, problem: () => problem, add, reject };
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
