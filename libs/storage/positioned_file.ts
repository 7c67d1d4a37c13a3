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

/**
 * Opens a file for reading and writing while the scope lasts.
 *
 * @param path The file, made when there is none.
 * @returns The open file, or `StorageError`.
 */
export const openForWriting = (
  path: string,
): Effect.Effect<FileHandle, StorageError, Scope.Scope> =>
  opened(path, constants.O_RDWR | constants.O_CREAT);

/**
 * Opens a file for reading while the scope lasts.
 *
 * @param path The file.
 * @returns The open file, or `StorageError`.
 */
export const openForReading = (
  path: string,
): Effect.Effect<FileHandle, StorageError, Scope.Scope> =>
  opened(path, constants.O_RDONLY);

/**
 * Tells the size of an open file.
 *
 * @param path Its path, for the message.
 * @param handle The file.
 * @returns Bytes, or `StorageError`.
 */
export const sizeOfFile = (
  path: string,
  handle: FileHandle,
): Effect.Effect<number, StorageError> =>
  attempt("open", path, () => handle.stat()).pipe(
    Effect.map(({ size }) => size),
  );

/**
 * Cuts an open file off behind its first bytes.
 *
 * @param path Its path, for the message.
 * @param handle The file.
 * @param bytes How many are kept.
 * @returns Nothing, or `StorageError`.
 */
export const truncate = (
  path: string,
  handle: FileHandle,
  bytes: number,
): Effect.Effect<void, StorageError> =>
  attempt("open", path, () => handle.truncate(bytes));

/**
 * Makes what was written to an open file survive a power cut.
 *
 * @param path Its path, for the message.
 * @param handle The file.
 * @returns Nothing, or `StorageError`.
 */
export const flush = (
  path: string,
  handle: FileHandle,
): Effect.Effect<void, StorageError> =>
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

/**
 * Writes all bytes at a place in an open file.
 *
 * @param path Its path, for the message.
 * @param handle The file.
 * @param bytes What to write.
 * @param position Offset of the first of them.
 * @returns Nothing, or `StorageError`.
 */
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

/**
 * Fills all bytes from a place in an open file.
 *
 * @param path Its path, for the message.
 * @param handle The file.
 * @param bytes Is filled.
 * @param position Offset in the file to read from.
 * @returns Nothing, or `StorageError`: `wrong-size` when the file ends before.
 */
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
