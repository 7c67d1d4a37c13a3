/**
 * Whether something can be written, asked before the work whose result it is.
 *
 * @module
 */
import { Effect } from "effect";
import { open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StorageError } from "./errors.ts";
import { partialName } from "./partials.ts";
import { kindOf } from "./reading.ts";
import { attempt } from "./system_calls.ts";

/**
 * Requires that a file or folder can be written, so that a mistyped path, a
 * missing permission or a full disk costs no time. Folders that do not exist
 * are not made: a small file is written, and removed, in the lowest one that
 * does. A disk that is nearly full may still be too small for the result.
 *
 * @param path Where the result shall be; something of its kind may be there.
 * @param kind What it is.
 * @returns Nothing, or `StorageError`: `wrong-kind` when a folder is where a
 * file must be, or the reverse.
 */
export const requireWritable: (
  path: string,
  kind: "file" | "folder",
) => Effect.Effect<void, StorageError> = Effect.fn("requireWritable")(
  function* (path, kind) {
    const there = yield* kindOf(path);
    if (there !== "nothing" && there !== kind) {
      return yield* wrongKind(path, path, there);
    }
    let folder = there === "folder" ? path : dirname(path);
    for (let found; (found = yield* kindOf(folder)) !== "folder";) {
      if (found === "file") return yield* wrongKind(path, folder, found);
      folder = dirname(folder);
    }
    const trial = partialName(join(folder, basename(path)));
    yield* Effect.acquireUseRelease(
      attempt("write", path, () => open(trial, "wx")),
      (handle) =>
        // Full disks are noticed by the first block, some by its sync alone.
        attempt("write", path, () => handle.writeFile(new Uint8Array(4096)))
          .pipe(Effect.andThen(attempt("sync", path, () => handle.sync()))),
      (handle) =>
        attempt("close", path, () => handle.close()).pipe(
          Effect.ensuring(Effect.ignore(attempt("remove", trial, () =>
            rm(trial, { force: true })))),
          Effect.ignore,
        ),
    );
  },
);

const wrongKind = (path: string, at: string, found: "file" | "folder") =>
  new StorageError({
    action: "write",
    path,
    reason: "wrong-kind",
    detail: `${at} is a ${found}`,
  });
