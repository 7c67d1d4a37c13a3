/**
 * Where a page may be written.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { requireWritable, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";

/**
 * Requires a path to be that of a page, so that a mistyped one replaces no
 * picture, or anything else, and the page to be writable there.
 *
 * @param path The path.
 * @param action What is to be done, for the message.
 * @returns Nothing, or `OptionError` when its name does not end in `.html`, or
 * `StorageError` when it cannot be written.
 */
export const requirePage: (
  path: string,
  action: string,
) => Effect.Effect<void, OptionError | StorageError> = Effect.fn("requirePage")(
  function* (path, action) {
    if (!/\.html?$/i.test(path)) {
      return yield* new OptionError({
        action,
        option: "out",
        rule: "a file whose name ends in .html",
        value: path,
      });
    }
    yield* requireWritable(path, "file");
  },
);
