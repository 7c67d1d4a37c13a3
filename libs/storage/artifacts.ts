/**
 * The store of large files: what the journal holds only references to.
 *
 * @module
 */
import { Context, Effect, Layer, Schema, Stream } from "effect";
import { join } from "node:path";
import { CorruptArtifactError, StorageError } from "./errors.ts";
import { type Content, removeFile, writeDurably } from "./files.ts";
import {
  type ByteRange,
  digestOf,
  listFiles,
  readBytes,
  sha256Of,
  type Written,
} from "./reading.ts";

/** Names of folders and of a file, relative to the run folder. */
const ArtifactPath = Schema.String.check(
  Schema.isPattern(/^(?!\.{1,2}(\/|$))[^/\\]+(\/(?!\.{1,2}(\/|$))[^/\\]+)*$/, {
    expected: "a relative path without . or .. between its slashes",
  }),
);

/** What was saved, where, and how to tell that it is still the same. */
export const ArtifactRef: Schema.Struct<{
  readonly path: Schema.String;
  readonly sha256: Schema.String;
  readonly bytes: Schema.Int;
}> = Schema.Struct({
  /** Path relative to the run folder, with `/` between names. */
  path: ArtifactPath,
  /** SHA-256 of the content, in lower-case hexadecimal. */
  sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)),
  /** Size of the content. */
  bytes: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
});

/** What was saved, where, and how to tell that it is still the same. */
export type ArtifactRef = typeof ArtifactRef.Type;

/**
 * Stores files by path, each intact or not at all. Paths are relative, with `/` between names; one
 * that leaves the store is a defect.
 */
export interface Store {
  /**
   * Saves content under a path, in place of what was there. When it returns,
   * the content has reached the disk; killed before, the old one stays.
   * Fails with `StorageError` or with the content's own error.
   */
  readonly put: <E = never>(
    path: string,
    content: Content<E>,
  ) => Effect.Effect<ArtifactRef, StorageError | E>;
  /**
   * Reads the file of a reference. Fails with `CorruptArtifactError` when
   * it is not what was saved, with `StorageError` when it is gone.
   */
  readonly get: (
    ref: ArtifactRef,
  ) => Effect.Effect<
    Uint8Array<ArrayBuffer>,
    StorageError | CorruptArtifactError
  >;
  /**
   * Reads a path, or a part of it, as it is, unverified. Shorter than asked
   * for when the content ends before; `StorageError` when there is none.
   */
  readonly read: (
    path: string,
    range?: ByteRange,
  ) => Effect.Effect<Uint8Array<ArrayBuffer>, StorageError>;
  /** Whether content is there and is what was saved. Holds little memory. */
  readonly verify: (ref: ArtifactRef) => Effect.Effect<boolean, StorageError>;
  /** Removes a path, for good; one that holds nothing is fine. */
  readonly remove: (path: string) => Effect.Effect<void, StorageError>;
  /** Paths that start with `prefix`, sorted by code unit. */
  readonly list: (
    prefix: string,
  ) => Effect.Effect<ReadonlyArray<string>, StorageError>;
  /** Where a path is, for a person or another program to open. */
  readonly pathOf: (at: ArtifactRef | string) => string;
}

/**
 * The store of checkpoints and other large files, one of the project's
 * seams.
 *
 * @example Saved and read back
 * ```ts
 * import { CheckpointStore } from "@deepcluster/storage";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const store = yield* CheckpointStore;
 *   const ref = yield* store.put("notes/a.txt", new TextEncoder().encode("a"));
 *   assert.equal(ref.bytes, 1);
 *   return yield* store.get(ref);
 * });
 * const bytes = await Effect.runPromise(
 *   Effect.provide(program, CheckpointStore.layerMemory),
 * );
 * assert.deepEqual([...bytes], [97]);
 * ```
 */
export class CheckpointStore extends Context.Service<CheckpointStore, Store>()(
  "@deepcluster/checkpoint/CheckpointStore",
) {
  /**
   * Files below a folder, made when first needed.
   *
   * @param folder The run folder.
   */
  static readonly layerFolder = (
    folder: string,
  ): Layer.Layer<CheckpointStore> =>
    Layer.succeed(CheckpointStore, folderStore(folder));

  /** The reference layer: a map in memory, gone with the layer. */
  static readonly layerMemory: Layer.Layer<CheckpointStore> = Layer.sync(
    CheckpointStore,
    () => memoryStore(new Map()),
  );
}

/**
 * The store over files below a folder.
 *
 * @param folder The run folder, made when first needed.
 * @returns The store.
 */
export const folderStore = (folder: string): Store => {
  const at = (path: string) =>
    Effect.map(checked(path), (p) => join(folder, p));
  return {
    put: Effect.fn("CheckpointStore.put")(function* (path, content) {
      return { path, ...yield* writeDurably(yield* at(path), content) };
    }),
    get: Effect.fn("CheckpointStore.get")(function* (ref) {
      const bytes = yield* readBytes(yield* at(ref.path));
      return yield* sameAs(ref, bytes, join(folder, ref.path));
    }),
    read: Effect.fn("CheckpointStore.read")(function* (path, range) {
      return yield* readBytes(yield* at(path), range);
    }),
    verify: Effect.fn("CheckpointStore.verify")(function* (ref) {
      return yield* digestOf(yield* at(ref.path)).pipe(
        Effect.map((found) => isSame(ref, found)),
        Effect.catchIf(
          (error) => error.reason === "missing",
          () => Effect.succeed(false),
        ),
      );
    }),
    remove: Effect.fn("CheckpointStore.remove")(function* (path) {
      yield* removeFile(yield* at(path));
    }),
    list: Effect.fn("CheckpointStore.list")(function* (prefix) {
      const below = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      const paths = yield* listFiles(join(folder, below));
      return paths.map((path) => below + path)
        .filter((path) => path.startsWith(prefix));
    }),
    pathOf: (at) => join(folder, typeof at === "string" ? at : at.path),
  };
};

/** The store over a map. It copies, as a disk does. */
const memoryStore = (files: Map<string, Uint8Array<ArrayBuffer>>): Store => {
  const found = Effect.fnUntraced(function* (path: string) {
    const bytes = files.get(yield* checked(path));
    if (bytes !== undefined) return bytes;
    return yield* new StorageError({
      action: "open",
      path: `memory:${path}`,
      reason: "missing",
      detail: "nothing was put there",
    });
  });
  return {
    put: Effect.fnUntraced(function* (path, content) {
      const bytes = yield* collect(content);
      files.set(yield* checked(path), bytes);
      return { path, sha256: sha256Of(bytes), bytes: bytes.byteLength };
    }),
    get: Effect.fnUntraced(function* (ref) {
      const bytes = (yield* found(ref.path)).slice();
      return yield* sameAs(ref, bytes, `memory:${ref.path}`);
    }),
    read: (path, range) =>
      Effect.map(found(path), (bytes) => {
        const start = range?.start ?? 0;
        return bytes.slice(start, start + (range?.bytes ?? bytes.byteLength));
      }),
    verify: Effect.fnUntraced(function* (ref) {
      const bytes = files.get(yield* checked(ref.path));
      return bytes !== undefined && isSame(ref, written(bytes));
    }),
    remove: (path) => Effect.map(checked(path), (p) => void files.delete(p)),
    list: (prefix) =>
      Effect.sync(() =>
        [...files.keys()].filter((path) => path.startsWith(prefix)).sort()
      ),
    pathOf: (at) => `memory:${typeof at === "string" ? at : at.path}`,
  };
};

/** A path of ours that leaves the run folder is a bug, not a failure. */
const checked = (path: string): Effect.Effect<string> =>
  Effect.orDie(Schema.decodeEffect(ArtifactPath)(path));

const written = (bytes: Uint8Array): Written => ({
  sha256: sha256Of(bytes),
  bytes: bytes.byteLength,
});

const isSame = (ref: ArtifactRef, found: Written): boolean =>
  ref.sha256 === found.sha256 && ref.bytes === found.bytes;

const sameAs = <B extends Uint8Array>(
  ref: ArtifactRef,
  bytes: B,
  path: string,
): Effect.Effect<B, CorruptArtifactError> => {
  const found = written(bytes);
  if (isSame(ref, found)) return Effect.succeed(bytes);
  const text = (w: Written) => `${w.bytes} bytes with sha256 ${w.sha256}`;
  return Effect.fail(
    new CorruptArtifactError({
      path,
      expected: text(ref),
      found: text(found),
    }),
  );
};

const collect = Effect.fnUntraced(function* <E>(
  content: Content<E>,
): Effect.fn.Return<Uint8Array<ArrayBuffer>, E> {
  const pieces = content instanceof Uint8Array
    ? [content]
    : Stream.isStream(content)
    ? yield* Stream.runCollect(content)
    : [...content];
  const bytes = new Uint8Array(pieces.reduce((n, p) => n + p.byteLength, 0));
  let end = 0;
  for (const piece of pieces) {
    bytes.set(piece, end);
    end += piece.byteLength;
  }
  return bytes;
});
