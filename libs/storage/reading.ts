/**
 * Reading, hashing and listing files.
 *
 * @module
 */
import { Effect } from "effect";
import { createHash } from "node:crypto";
import { type FileHandle, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StorageError } from "./errors.ts";
import { attempt, pieceBytes, piecesOf, withFile } from "./system_calls.ts";

/** What a file holds, in short: enough to check that it is intact. */
export interface Written {
  /** SHA-256 of the bytes, in lower-case hexadecimal. */
  readonly sha256: string;
  /** Size of the file. */
  readonly bytes: number;
}

/** A part of a file. */
export interface ByteRange {
  /** Offset of its first byte. */
  readonly start: number;
  /** Number of bytes. */
  readonly bytes: number;
}

/**
 * Reads a file or a part of it into one new array, whose buffer starts at
 * offset 0 and so suits typed-array views.
 *
 * @param path The file.
 * @param range The part to read. Default: the entire file.
 * @returns The bytes, fewer than asked for when the file ends before, or
 * `StorageError`.
 */
export const readBytes: (
  path: string,
  range?: ByteRange,
) => Effect.Effect<Uint8Array<ArrayBuffer>, StorageError> = Effect.fn(
  "readBytes",
)(function* (
  path,
  range,
) {
  return yield* withFile(path, (handle) =>
    Effect.gen(function* () {
      const start = range?.start ?? 0;
      const size = (yield* attempt("read", path, () => handle.stat())).size;
      const wanted = Math.min(range?.bytes ?? size, Math.max(0, size - start));
      const bytes = new Uint8Array(wanted);
      const read = yield* fill(path, handle, bytes, start);
      return read === wanted ? bytes : bytes.slice(0, read);
    }));
});

/**
 * Hashes a file, holding one piece of it in memory at a time.
 *
 * @param path The file.
 * @returns Digest and size, or `StorageError`.
 */
export const digestOf: (path: string) => Effect.Effect<Written, StorageError> =
  Effect.fn("digestOf")(function* (
    path,
  ) {
    return yield* withFile(path, (handle) =>
      Effect.gen(function* () {
        const hash = createHash("sha256");
        const piece = new Uint8Array(pieceBytes);
        let bytes = 0;
        for (let read = -1; read !== 0; bytes += read) {
          read = yield* fill(path, handle, piece, bytes);
          hash.update(piece.subarray(0, read));
        }
        return { sha256: hash.digest("hex"), bytes };
      }));
  });

/**
 * Hashes bytes in memory.
 *
 * @param pieces What follows another in the hashed message.
 * @returns SHA-256 in lower-case hexadecimal.
 */
export const sha256Of = (...pieces: ReadonlyArray<Uint8Array>): string => {
  const hash = createHash("sha256");
  for (const bytes of pieces) {
    for (const piece of piecesOf(bytes)) hash.update(piece);
  }
  return hash.digest("hex");
};

/**
 * Lists the files below a folder, without partial ones.
 *
 * @param folder Where to look; one that does not exist holds no files.
 * @returns Paths relative to `folder`, with `/` between names, sorted by
 * code unit, or `StorageError`.
 */
export const listFiles: (
  folder: string,
) => Effect.Effect<ReadonlyArray<string>, StorageError> = Effect.fn(
  "listFiles",
)(function* (
  folder,
) {
  const paths = yield* walk(folder, "");
  return paths.filter((path) => !isPartial(path)).sort();
});

/**
 * Returns what is at a path.
 *
 * @param path Any path; links are followed.
 * @returns `file`, `folder` or `nothing`, or `StorageError`.
 */
export const kindOf: (
  path: string,
) => Effect.Effect<"file" | "folder" | "nothing", StorageError> = Effect.fn(
  "kindOf",
)(function* (
  path,
) {
  return yield* attempt("look at", path, () => stat(path)).pipe(
    Effect.map((found) =>
      found.isDirectory() ? "folder" as const : "file" as const
    ),
    Effect.catchIf(
      (error) => error.reason === "missing",
      () => Effect.succeed("nothing" as const),
    ),
  );
});

/**
 * Tells the size of a file.
 *
 * @param path The file.
 * @returns Bytes, or `StorageError`.
 */
export const sizeOfFile = (
  path: string,
): Effect.Effect<number, StorageError> =>
  Effect.map(attempt("look at", path, () => stat(path)), ({ size }) => size);

/** Ends the names of files that are being written. */
export const partialSuffix = ".partial";

/**
 * Tells whether a path is that of a file being written.
 *
 * @param path A path or a name.
 * @returns `true` for the temporary name of a file.
 */
export const isPartial = (path: string): boolean =>
  basename(path).startsWith(".") && path.endsWith(partialSuffix);

/** Every file below a folder, partial ones too, in no order. */
export const walk: (
  folder: string,
  below: string,
) => Effect.Effect<ReadonlyArray<string>, StorageError> = Effect.fnUntraced(
  function* (
    folder,
    below,
  ) {
    const entries = yield* attempt(
      "list",
      join(folder, below),
      () => readdir(join(folder, below), { withFileTypes: true }),
    ).pipe(
      Effect.catchIf(
        (error) => error.reason === "missing",
        () => Effect.succeed([]),
      ),
    );
    const paths: Array<string> = [];
    for (const entry of entries) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) paths.push(...yield* walk(folder, path));
      else paths.push(path);
    }
    return paths;
  },
);

/** Reads from `position` until `into` is full or the file ends. */
const fill = (
  path: string,
  handle: FileHandle,
  into: Uint8Array,
  position: number,
): Effect.Effect<number, StorageError> =>
  attempt("read", path, async () => {
    let done = 0;
    for (let read = -1; done < into.byteLength && read !== 0; done += read) {
      const wanted = Math.min(pieceBytes, into.byteLength - done);
      read = (await handle.read(into, done, wanted, position + done)).bytesRead;
    }
    return done;
  });
