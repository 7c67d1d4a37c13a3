/**
 * Files that are intact or absent.
 *
 * A file is written under a temporary name beside its place, synced, renamed
 * over it, and the folder is synced, so that a process killed at any moment,
 * or a power cut, leaves the old file or the new one and never a part.
 *
 * @module
 */
import { Effect, Stream } from "effect";
import { createHash } from "node:crypto";
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
} from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { StorageError } from "./errors.ts";
import { partialName, sweepPartials } from "./partials.ts";
import { digestOf, type Written } from "./reading.ts";
import { attempt, piecesOf, syncFolder } from "./system_calls.ts";

/** What a file is made of: bytes in memory, or pieces that follow another. */
export type Content<E = never> =
  | Uint8Array
  | Iterable<Uint8Array>
  | Stream.Stream<Uint8Array, E>;

/**
 * Writes a file atomically: it appears under its name only when all of it is on disk.
 *
 * Missing folders are made. An existing file is replaced. Nothing is copied:
 * the pieces are written and hashed as they come. Interrupted or failed, it
 * removes its temporary file; killed, it leaves one, which goes when the next
 * process writes into the folder.
 *
 * @param path Where the file shall be.
 * @param content Bytes, or pieces of any size.
 * @returns Digest and size, or `StorageError`, or the content's own error.
 */
export const writeDurably: <E = never>(
  path: string,
  content: Content<E>,
) => Effect.Effect<Written, StorageError | E> = Effect.fn("writeDurably")(
  function* <E = never>(
    path: string,
    content: Content<E>,
  ) {
    yield* makeFolder(dirname(path));
    yield* sweepPartials(dirname(path));
    const partial = partialName(path);
    return yield* Effect.acquireUseRelease(
      attempt("write", path, () => open(partial, "wx")),
      (handle) =>
        Effect.gen(function* () {
          const written = yield* writeContent(path, handle, content);
          yield* attempt("sync", path, () => handle.sync());
          yield* attempt("rename", path, () => rename(partial, path));
          yield* syncFolder(dirname(path));
          return written;
        }),
      (handle) =>
        attempt("close", path, () => handle.close()).pipe(
          Effect.andThen(attempt("remove", partial, () => rm(partial, gone))),
          Effect.ignore,
        ),
    );
  },
);

/**
 * Writes a file atomically where something else does the writing: a library
 * that takes a path.
 *
 * @param path Where the file shall be; its folder must exist.
 * @param write Writes a new file at the temporary path that it is given.
 * @returns Digest and size, or `StorageError`, or the error of `write`.
 */
export const writeDurablyBy: <E, R>(
  path: string,
  write: (partial: string) => Effect.Effect<void, E, R>,
) => Effect.Effect<Written, StorageError | E, R> = Effect.fn("writeDurablyBy")(
  function* <E, R>(
    path: string,
    write: (partial: string) => Effect.Effect<void, E, R>,
  ) {
    yield* sweepPartials(dirname(path));
    const partial = partialName(path);
    return yield* Effect.gen(function* () {
      yield* write(partial);
      yield* attempt("sync", path, async () => {
        const handle = await open(partial, "r+");
        await handle.sync().finally(() => handle.close());
      });
      const written = yield* digestOf(partial);
      yield* renameDurably(partial, path);
      return written;
    }).pipe(
      Effect.ensuring(
        Effect.ignore(attempt("remove", partial, () => rm(partial, gone))),
      ),
    );
  },
);

/**
 * Removes a file, durably. One that does not exist is fine.
 *
 * @param path The file.
 * @returns Nothing, or `StorageError`.
 */
export const removeFile: (path: string) => Effect.Effect<void, StorageError> =
  Effect.fn("removeFile")(function* (
    path,
  ) {
    yield* attempt("remove", path, () => rm(path, gone));
    yield* syncFolder(dirname(path)).pipe(
      Effect.catchIf((error) => error.reason === "missing", () => Effect.void),
    );
  });

/**
 * Renames a file or folder within its file system, durably: at any moment it is
 * there under one of its names, with all that it holds.
 *
 * @param from Its name.
 * @param to Its new one. A file is replaced; a folder must be empty.
 * @returns Nothing, or `StorageError`.
 */
export const renameDurably: (
  from: string,
  to: string,
) => Effect.Effect<void, StorageError> = Effect.fn("renameDurably")(function* (
  from,
  to,
) {
  yield* attempt("rename", from, () => rename(from, to));
  yield* syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) yield* syncFolder(dirname(from));
});

/**
 * Makes a folder and those above it, durably.
 *
 * @param folder The folder; one that exists is fine.
 * @returns The topmost folder that was made, `undefined` when all existed; or
 * `StorageError`.
 */
export const makeFolder: (
  folder: string,
) => Effect.Effect<string | undefined, StorageError> = Effect.fn("makeFolder")(
  function* (
    folder,
  ) {
    const first = yield* attempt(
      "make the folder",
      folder,
      () => mkdir(folder, { recursive: true }),
    );
    if (first === undefined) return undefined;
    for (let made = resolve(folder);; made = dirname(made)) {
      yield* syncFolder(dirname(made));
      if (made === resolve(first)) return made;
    }
  },
);

/**
 * Takes back {@link makeFolder}: removes the folders that it made, from the
 * lowest to the topmost, until one of them holds something.
 *
 * @param folder The folder.
 * @param topmost What `makeFolder` returned; nothing is removed when that is
 * `undefined`.
 * @returns Nothing, or `StorageError`.
 */
export const unmakeFolder: (
  folder: string,
  topmost: string | undefined,
) => Effect.Effect<void, StorageError> = Effect.fn("unmakeFolder")(function* (
  folder,
  topmost,
) {
  if (topmost === undefined) return;
  for (let made = resolve(folder);; made = dirname(made)) {
    const inside = yield* attempt("list", made, () => readdir(made));
    if (inside.length > 0) return;
    yield* attempt("remove", made, () => rmdir(made));
    if (made === topmost) return;
  }
});

/** Removing what does not exist is no error. */
const gone = { force: true } as const;

const writeContent = Effect.fnUntraced(function* <E>(
  path: string,
  handle: FileHandle,
  content: Content<E>,
): Effect.fn.Return<Written, StorageError | E> {
  const hash = createHash("sha256");
  let bytes = 0;
  const write = Effect.fnUntraced(function* (chunk: Uint8Array) {
    for (const piece of piecesOf(chunk)) {
      yield* attempt("write", path, async () => {
        const written = writeAll(handle, piece);
        hash.update(piece);
        await written;
      });
      bytes += piece.byteLength;
    }
  });
  if (content instanceof Uint8Array) yield* write(content);
  else if (Stream.isStream(content)) yield* Stream.runForEach(content, write);
  else for (const chunk of content) yield* write(chunk);
  return { sha256: hash.digest("hex"), bytes };
});

/** A system call may write less than it was given. */
const writeAll = async (handle: FileHandle, piece: Uint8Array) => {
  for (let done = 0; done < piece.byteLength;) {
    const left = piece.byteLength - done;
    done += (await handle.write(piece, done, left, null)).bytesWritten;
  }
};
