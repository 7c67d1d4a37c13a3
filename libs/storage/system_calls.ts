/**
 * System calls as Effects: the one place where `node:fs` promises, and what
 * they reject with, become typed.
 *
 * @module
 */
import { codeOf, messageOf } from "@deepcluster/core";
import { Effect } from "effect";
import { type FileHandle, open } from "node:fs/promises";
import { StorageError } from "./errors.ts";
import process from "node:process";

/** Write and hash size: smaller pieces cost calls, larger ones cache misses. */
export const pieceBytes = 4 << 20;

/**
 * Runs one system call to its end; an interruption waits for it.
 *
 * @param action Verb for the message.
 * @param path What it acts on.
 * @param call The call.
 * @returns Its result, or `StorageError`.
 */
export const attempt = <A>(
  action: string,
  path: string,
  call: () => Promise<A>,
): Effect.Effect<A, StorageError> =>
  Effect.uninterruptible(Effect.tryPromise({
    try: call,
    catch: (cause) => storageError(action, path, cause),
  }));

/**
 * Names the reason of a failed system call.
 *
 * @param action Verb for the message.
 * @param path What it acted on.
 * @param cause What it threw or rejected with.
 * @returns The error, to fail with.
 */
export const storageError = (
  action: string,
  path: string,
  cause: unknown,
): StorageError =>
  new StorageError({
    action,
    path,
    reason: reasons[codeOf(cause)] ?? "other",
    detail: messageOf(cause),
  });

const reasons: Record<string, StorageError["reason"]> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EROFS: "read-only",
  EACCES: "not-permitted",
  EPERM: "not-permitted",
  ENOENT: "missing",
  ENOTDIR: "missing",
  EISDIR: "wrong-kind",
};

/** Opens a file for reading while it is used. */
export const withFile = <A, E>(
  path: string,
  use: (handle: FileHandle) => Effect.Effect<A, E>,
): Effect.Effect<A, E | StorageError> =>
  Effect.acquireUseRelease(
    attempt("open", path, () => open(path, "r")),
    use,
    (handle) => Effect.ignore(attempt("close", path, () => handle.close())),
  );

/** Renames and removals last through a power cut once the folder is synced. */
export const syncFolder = (folder: string): Effect.Effect<void, StorageError> =>
  process.platform === "win32" // Windows opens no folders; its journal does it
    ? Effect.void
    : withFile(
      folder,
      (handle) => attempt("sync the folder", folder, () => handle.sync()),
    );

/** Cuts bytes into pieces of at most {@link pieceBytes}, without a copy. */
export const piecesOf = function* (bytes: Uint8Array): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes);
  }
};
