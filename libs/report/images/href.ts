/**
 * Links from a page on disk to files.
 *
 * @module
 */
import { isAbsolute, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Writes the place of a file as a page in a folder links to it, so that the
 * link holds wherever both are moved together.
 *
 * @param folder Absolute folder of the page.
 * @param file Absolute path of the file.
 * @returns A relative URL, such as `../images/a%20b.png`; an absolute one where
 * no relative one leads there, as to another drive.
 */
export const hrefBetween = (folder: string, file: string): string => {
  const path = relative(folder, file);
  return isAbsolute(path)
    ? pathToFileURL(path).href
    : path.split(sep).map((name) => encodeURIComponent(name.toWellFormed()))
      .join("/");
};
