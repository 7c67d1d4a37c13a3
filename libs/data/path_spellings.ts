/**
 * The ways in which other programs and systems write the path of a file.
 *
 * @module
 */
import { sep } from "node:path";
import { unescape } from "node:querystring";

/**
 * What a written path can stand for, the likeliest first.
 *
 * A `file:` URL is the path that it names. White space at either end and
 * backslashes can be part of a name, as they are written; more often the first
 * is left from a table and the others part folders, on Windows.
 *
 * @param written As a list has it.
 * @returns At least one spelling, all different.
 *
 * @example A path from Windows, with a space at its end
 * ```ts
 * import { spellingsOf } from "@deepcluster/data";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(spellingsOf("cats/1.jpg"), ["cats/1.jpg"]);
 * assert.deepEqual(spellingsOf("file:///cats/a%20b.jpg"), ["/cats/a b.jpg"]);
 * assert.ok(spellingsOf("cats\\1.jpg ").includes("cats/1.jpg"));
 * ```
 */
export const spellingsOf = (written: string): readonly string[] => {
  const trimmed = written.trim();
  const url = fileUrl.exec(trimmed);
  if (url !== null) return [localPath(trimmed.slice(url[0].length))];
  const slashed = trimmed.replaceAll("\\", "/");
  if (slashed === written) return [written];
  return [...new Set([written, trimmed, slashed])];
};

const fileUrl = /^file:(\/\/(localhost)?(?=\/)|(?=\/(?!\/)))/i;

/** On Windows a drive comes after the first slash. */
const localPath = (path: string): string =>
  unescape(sep === "\\" ? path.slice(1) : path);
