/**
 * The file system, as far as rendering emoji needs it.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { Effect } from "effect";
import { rename, writeFile } from "node:fs/promises";
import { EmojiFolderError } from "./emoji_errors.ts";

/**
 * A promise of the file system as an Effect.
 *
 * @param action What is tried, such as `write`.
 * @param path The file or folder.
 * @param act Starts it.
 * @returns What the promise gives, or `EmojiFolderError`.
 */
export const attempt = <A>(
  action: string,
  path: string,
  act: () => Promise<A>,
): Effect.Effect<A, EmojiFolderError> =>
  Effect.tryPromise({
    try: act,
    catch: (error) =>
      new EmojiFolderError({ action, path, reason: messageOf(error) }),
  });

/**
 * Writes a file under another name and renames it, so that a process killed
 * meanwhile leaves an intact file or none.
 *
 * @param path Where the file shall be; an existing one is replaced.
 * @param content Text or bytes.
 * @param flush Whether it shall be on the disk first, safe from a power cut.
 * @returns Nothing, or `EmojiFolderError`.
 */
export const writeWhole = (
  path: string,
  content: string | Uint8Array,
  flush = false,
): Effect.Effect<void, EmojiFolderError> =>
  attempt("write", path, async () => {
    await writeFile(`${path}.part`, content, { flush });
    await rename(`${path}.part`, path);
  });
