/**
 * Reading and writing files of features: the only module here that touches
 * the file system.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import { constants } from "node:fs";
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { RowFileError } from "./row_file_errors.ts";

/** Opens a file for reading and writing; makes it when there is none. */
export const openForWriting = (path: string) =>
  opened(path, constants.O_RDWR | constants.O_CREAT);

/** Opens a file for reading. */
export const openForReading = (path: string) =>
  opened(path, constants.O_RDONLY);

/** Size of an open file in bytes. */
export const sizeOfFile = (path: string, handle: FileHandle) =>
  attempt("open", path, () => handle.stat()).pipe(
    Effect.map(({ size }) => size),
  );

/** Cuts an open file off behind its first bytes. */
export const truncate = (path: string, handle: FileHandle, bytes: number) =>
  attempt("open", path, () => handle.truncate(bytes));

/** Makes what was written to an open file survive a power cut. */
export const flush = (path: string, handle: FileHandle) =>
  attempt("sync", path, () => handle.datasync());

/** Makes the name of a new file survive a power cut. */
export const flushFolderOf = (path: string) =>
  Effect.scoped(
    openForReading(dirname(path)).pipe(
      Effect.flatMap((folder) => attempt("open", path, () => folder.sync())),
    ),
  );

/** The text of a file, or nothing when there is none. */
export const readText = (
  path: string,
): Effect.Effect<string | undefined, RowFileError> =>
  attempt("read", path, () => readFile(path, { encoding: "utf8" })).pipe(
    Effect.catchIf(
      ({ reason }) => reason === "missing",
      () => Effect.succeed(undefined),
    ),
  );

/** Replaces a file by a flushed one, so that it is never seen half-written. */
export const replaceText = Effect.fnUntraced(function* (
  path: string,
  text: string,
): Effect.fn.Return<void, RowFileError> {
  const partial = `${path}.partial`;
  yield* Effect.scoped(Effect.gen(function* () {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
    const handle = yield* opened(partial, flags);
    yield* attempt("sync", path, () => handle.writeFile(text));
    yield* attempt("sync", path, () => handle.sync());
  }));
  yield* attempt("sync", path, () => rename(partial, path));
});

/** Removes a file; one that does not exist is fine. */
export const remove = (path: string): Effect.Effect<void, RowFileError> =>
  attempt("remove", path, () => rm(path, { force: true }));

/** Writes all bytes at a place in an open file. */
export const writeAll = Effect.fnUntraced(function* (
  path: string,
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
): Effect.fn.Return<void, RowFileError> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = yield* attempt(
      "append to",
      path,
      () => handle.write(bytes, done, bytes.length - done, position + done),
    );
    done += bytesWritten;
  }
});

/** Fills all bytes from a place in an open file. */
export const readAll = Effect.fnUntraced(function* (
  path: string,
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
): Effect.fn.Return<void, RowFileError> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = yield* attempt(
      "read",
      path,
      () => handle.read(bytes, done, bytes.length - done, position + done),
    );
    if (bytesRead === 0) {
      const detail = `it ends at byte ${position + done}`;
      return yield* wrongSize("read", path, detail);
    }
    done += bytesRead;
  }
});

/** The error of a file whose size or shape is not what it should be. */
export const wrongSize = (action: string, path: string, detail: string) =>
  new RowFileError({ action, path, reason: "wrong-size", detail });

const opened = (
  path: string,
  flags: number,
): Effect.Effect<FileHandle, RowFileError, Scope.Scope> =>
  Effect.acquireRelease(
    attempt("open", path, () => open(path, flags)),
    (handle) => Effect.promise(() => handle.close()),
  );

const attempt = <A>(
  action: string,
  path: string,
  work: () => Promise<A>,
): Effect.Effect<A, RowFileError> =>
  Effect.tryPromise({
    try: work,
    catch: (cause) => {
      const { code, message } = cause as NodeJS.ErrnoException;
      const reason = reasons[code ?? ""] ?? "other";
      return new RowFileError({ action, path, reason, detail: message });
    },
  });

const reasons: Readonly<Record<string, RowFileError["reason"]>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EROFS: "read-only",
  EACCES: "not-permitted",
  EPERM: "not-permitted",
  ENOENT: "missing",
  ENOTDIR: "missing",
};
