/**
 * Paths as the user means them. `deno task` changes to the root of the
 * repository before it runs a program, and tells in `INIT_CWD` from where.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import process from "node:process";

const here = (): string => process.env["INIT_CWD"] ?? process.cwd();

/**
 * Makes a path absolute.
 *
 * @param path As given on the command line.
 * @returns The path, seen from where the command was called.
 */
export const fromHere = (path: string): string => resolve(here(), path);

/**
 * Shortens a path for showing it.
 *
 * @param path An absolute path.
 * @returns The path relative to where the command was called, when that is
 * below it.
 */
export const shown = (path: string): string => {
  const short = relative(here(), path) || ".";
  return /^\.\.(?:[/\\]|$)/.test(short) ? path : short;
};

/**
 * Shows a path as a command line takes it: in quotes where a shell would cut
 * it.
 *
 * @param path An absolute path.
 * @returns As {@link shown}, quoted where need be.
 */
export const typed = (path: string): string => quoted(shown(path));

/**
 * Writes a word as a command line takes it.
 *
 * @param word Any text.
 * @returns It, in quotes where a shell would cut it.
 */
export const quoted = (word: string): string =>
  /^[\p{L}\p{N}_./:@%+=,-]+$/u.test(word)
    ? word
    : `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Shows a path from where the command was called, wherever it lies.
 *
 * @param path An absolute path.
 * @returns The relative path.
 */
export const relativeToHere = (path: string): string =>
  relative(here(), path) || ".";
