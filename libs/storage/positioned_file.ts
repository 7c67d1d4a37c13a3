/**
 * Open files that are read and written at any place.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { StorageError } from "./errors.ts";
import { attempt } from "./system_calls.ts";

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

/** The text of a file, or nothing when there is none. */
export const readText = (
  path: string,
): Effect.Effect<string | undefined, StorageError> =>
  attempt("read", path, () => readFile(path, { encoding: "utf8" })).pipe(
    Effect.catchIf(
      ({ reason }) => reason === "missing",
      () => Effect.succeed(undefined),
    ),
  );

/** Writes all bytes at a place in an open file. */
export const writeAll: (
  path: string,
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
) => Effect.Effect<void, StorageError> = Effect.fnUntraced(function* (
  path,
  handle,
  bytes,
  position,
) {
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
export const readAll: (
  path: string,
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
) => Effect.Effect<void, StorageError> = Effect.fnUntraced(function* (
  path,
  handle,
  bytes,
  position,
) {
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
  new StorageError({ action, path, reason: "wrong-size", detail });

const opened = (
  path: string,
  flags: number,
): Effect.Effect<FileHandle, StorageError, Scope.Scope> =>
  Effect.acquireRelease(
    attempt("open", path, () => open(path, flags)),
    (handle) => Effect.promise(() => handle.close()),
  );
