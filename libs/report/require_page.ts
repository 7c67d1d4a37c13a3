/**
 * Where a page may be written.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { kindOf, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";

/**
 * Requires a path to be that of a page, so that a mistyped one replaces no
 * picture, or anything else.
 *
 * @param path The path.
 * @param action What is to be done, for the message.
 * @returns Nothing, or `OptionError` when its name does not end in `.html`, or
 * a folder is there, or `StorageError`.
 */
export const requirePage: (
  path: string,
  action: string,
) => Effect.Effect<void, OptionError | StorageError> = Effect.fn("requirePage")(
  function* (path, action) {
    if (/\.html?$/i.test(path) && (yield* kindOf(path)) !== "folder") return;
    return yield* new OptionError({
      action,
      option: "out",
      rule: "a file whose name ends in .html",
      value: path,
    });
  },
);
