/**
 * The file of the cache: bytes at offsets, gone with the process.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { Effect, type Scope } from "effect";
import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { CacheError } from "./errors.ts";

/** A file that is filled from its beginning up to its budget. */
export interface CacheFile {
  /** Sets bytes aside; their offset, or `undefined` when there is no room. */
  readonly reserve: (bytes: number) => number | undefined;
  /** Writes what was reserved. */
  readonly write: (
    offset: number,
    data: Uint8Array,
  ) => Effect.Effect<void, CacheError>;
  /** Reads what was written. */
  readonly read: (
    offset: number,
    bytes: number,
  ) => Effect.Effect<Uint8Array, CacheError>;
  /** Bytes reserved so far. */
  readonly used: () => number;
}

/**
 * Opens a new file and unlinks it at once, so that it takes up space only as
 * long as the process lives, however that ends.
 *
 * @param folder Existing folder.
 * @param budget Bytes that may be reserved.
 * @returns The file, closed with the scope; `CacheError` when it cannot be
 * made, as its operations when the system refuses them.
 */
export const cacheFile: (
  folder: string,
  budget: number,
) => Effect.Effect<CacheFile, CacheError, Scope.Scope> = Effect.fnUntraced(
  function* (
    folder,
    budget,
  ) {
    const path = join(folder, `decoded-${randomUUID()}.cache`);
    const file = yield* Effect.acquireRelease(
      attempt(path, async () => {
        const opened = await open(path, "wx+");
        await rm(path).catch(() => {}); // Windows keeps open files
        return opened;
      }),
      (opened) =>
        Effect.promise(async () => {
          await opened.close();
          await rm(path, { force: true });
        }),
    );
    let used = 0;
    return {
      reserve: (bytes) => {
        if (used + bytes > budget) return undefined;
        used += bytes;
        return used - bytes;
      },
      write: (offset, data) =>
        attempt(path, () => writeAll(file, data, offset)),
      read: (offset, bytes) => {
        const data = new Uint8Array(bytes);
        return Effect.flatMap(
          attempt(path, () => readAll(file, data, offset)),
          (whole) =>
            whole ? Effect.succeed(data) : Effect.fail(
              new CacheError({ path, detail: "the file has become shorter" }),
            ),
        );
      },
      used: () => used,
    };
  },
);

const writeAll = async (file: FileHandle, data: Uint8Array, offset: number) => {
  for (let done = 0; done < data.length;) {
    const { bytesWritten } = await file
      .write(data, done, data.length - done, offset + done);
    done += bytesWritten;
  }
};

/** Whether there was enough to fill `data`. */
const readAll = async (file: FileHandle, data: Uint8Array, offset: number) => {
  for (let done = 0; done < data.length;) {
    const { bytesRead } = await file
      .read(data, done, data.length - done, offset + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
};

const attempt = <A>(
  path: string,
  call: () => Promise<A>,
): Effect.Effect<A, CacheError> =>
  Effect.tryPromise({
    try: call,
    catch: (cause) => new CacheError({ path, detail: messageOf(cause) }),
  });
