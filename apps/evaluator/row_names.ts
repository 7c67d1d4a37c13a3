/**
 * Names of the rows of a `.npy` file: a text file beside it, one name a line,
 * `features.paths.txt` for `features.npy`.
 *
 * @module
 */
import { lineReader, utf8Text } from "@deepcluster/data";
import {
  encoded,
  kindOf,
  readBytes,
  type StorageError,
  writeDurably,
} from "@deepcluster/storage";
import { shown } from "@deepcluster/terminal";
import { Effect } from "effect";
import { ModelCommandError } from "./model_errors.ts";

/**
 * Returns where the names of a file's rows lie.
 *
 * @param npy Path of the `.npy` file.
 * @returns Path of the text file.
 */
export const namesPathOf = (npy: string): string =>
  `${npy.replace(/\.npy$/i, "")}.paths.txt`;

/**
 * Writes names of rows.
 *
 * @param path Of the text file.
 * @param names One a row.
 * @returns Nothing, or `StorageError`, or `ModelCommandError` when a name
 * has a line break.
 */
export const writeNames = Effect.fnUntraced(function* (
  path: string,
  names: readonly string[],
) {
  const broken = names.find((name) => /[\r\n]/.test(name));
  if (broken !== undefined) {
    return yield* new ModelCommandError({
      action: `write ${shown(path)}`,
      rule: "no name of an image may have a line break",
      found: JSON.stringify(broken),
    });
  }
  yield* writeDurably(path, encoded(names.map((name) => `${name}\n`).join("")));
});

/**
 * Reads names of rows.
 *
 * @param npy Path of the `.npy` file.
 * @param rows Number of its rows.
 * @param given Path of the names. Default: that beside the `.npy` file, where
 * there is one.
 * @returns One name a row, or the rows' numbers where there are no names; or
 * `ModelCommandError` when there are more or fewer, or `StorageError`.
 */
export const readNames: (
  npy: string,
  rows: number,
  given: string | undefined,
) => Effect.Effect<readonly string[], StorageError | ModelCommandError> = Effect
  .fnUntraced(function* (npy, rows, given) {
    const path = given ?? namesPathOf(npy);
    if (given === undefined && (yield* kindOf(path)) !== "file") {
      return Array.from({ length: rows }, (_, row) => String(row));
    }
    const names: string[] = [];
    const reader = lineReader((line) => names.push(line));
    reader.feed(utf8Text(yield* readBytes(path)));
    reader.end();
    if (names.length === rows) return names;
    return yield* new ModelCommandError({
      action: `name the rows of ${shown(npy)} by ${shown(path)}`,
      rule: `it must have a line for each of the ${rows} rows`,
      found: `${names.length} lines`,
    });
  });
