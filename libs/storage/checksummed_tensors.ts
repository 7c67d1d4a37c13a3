/**
 * Tensor files with a checksum: the digest of the file is in its own metadata,
 * so no journal is needed to check it.
 *
 * The digest is the SHA-256 of the file with 64 zeros in the digest's place,
 * and so covers names, shapes and metadata as well as the values.
 *
 * @module
 */
import type { Tensor, Tensors } from "@deepcluster/core";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import type { ArtifactRef, CheckpointStore } from "./artifacts.ts";
import {
  CorruptArtifactError,
  type SafetensorsError,
  type StorageError,
} from "./errors.ts";
import { readBytes, sha256Of } from "./reading.ts";
import { formatRule, unknownFormat } from "./format_version.ts";
import {
  decodeTensor,
  decodeTensors,
  encodeTensors,
  type Metadata,
  type TensorFile,
} from "./safetensors.ts";
import { broken, type Entry, readHeader } from "./safetensors_header.ts";

const zeros = "0".repeat(64);

/** What {@link saveTensors} fails with. */
export type SaveTensorsError = SafetensorsError | StorageError;

/**
 * Saves tensors as a safetensors file with its digest under `sha256` in the
 * metadata. Nothing is copied; the tensors must not change meanwhile.
 *
 * @param store Where to.
 * @param path Path in the store, such as {@link checkpointPath} gives.
 * @param tensors What to save.
 * @param metadata Words about it, such as epoch, step and settings.
 * @returns The file's reference, or `SafetensorsError` when a tensor cannot
 * be written, or `StorageError`.
 */
export const saveTensors: (
  store: CheckpointStore["Service"],
  path: string,
  tensors: Tensors,
  metadata?: Metadata,
) => Effect.Effect<ArtifactRef, SaveTensorsError> = Effect.fn("saveTensors")(
  function* (
    store,
    path,
    tensors,
    metadata = {},
  ) {
    const [header, ...data] = yield* encodeTensors(
      store.pathOf(path),
      tensors,
      {
        ...metadata,
        sha256: zeros,
      },
    );
    const checksummed = withDigest(header!, zeros, sha256Of(header!, ...data));
    return yield* store.put(path, [checksummed, ...data]);
  },
);

/** What {@link loadTensors} fails with. */
export type LoadTensorsError =
  | CorruptArtifactError
  | SafetensorsError
  | StorageError;

/**
 * Loads a file that {@link saveTensors} saved and checks it: by the reference
 * when one is given, else by the digest it carries.
 *
 * @param store Where from.
 * @param from Reference or path.
 * @returns Tensors, as views of one buffer that nobody else holds, and the
 * metadata; or `CorruptArtifactError` when the content is not what was saved,
 * `SafetensorsError` when it is not such a file, `StorageError` when it
 * cannot be read.
 */
export const loadTensors: (
  store: CheckpointStore["Service"],
  from: ArtifactRef | string,
) => Effect.Effect<TensorFile, LoadTensorsError> = Effect.fn("loadTensors")(
  function* (
    store,
    from,
  ) {
    const path = store.pathOf(from);
    if (typeof from !== "string") {
      const file = yield* decodeTensors(path, yield* store.get(from));
      yield* requireKnownFormat(path, file.metadata);
      return file;
    }
    const file = yield* decodeChecked(path, yield* store.read(from));
    yield* requireDigest(path, file.metadata);
    return file;
  },
);

/** What {@link readTensors} fails with. */
export type ReadTensorsError =
  | CorruptArtifactError
  | SafetensorsError
  | StorageError;

/**
 * Reads a safetensors file from anywhere, checked by the digest that it
 * carries, if it carries one.
 *
 * @param path The file.
 * @returns As {@link loadTensors}.
 */
export const readTensors: (
  path: string,
) => Effect.Effect<TensorFile, ReadTensorsError> = Effect.fn("readTensors")(
  function* (
    path,
  ) {
    return yield* decodeChecked(path, yield* readBytes(path));
  },
);

/** A safetensors file whose tensors are decoded when asked for. */
export interface OpenedTensors {
  /** Types and shapes by name, in the file's order of names. */
  readonly entries: ReadonlyMap<string, Pick<Entry, "dtype" | "shape">>;
  /** Words about the tensors; `{}` when the file has none. */
  readonly metadata: Metadata;
  /** Decodes the tensor of a name of `entries`. */
  readonly load: (name: string) => Effect.Effect<Tensor, SafetensorsError>;
}

/** What {@link openTensors} fails with. */
export type OpenTensorsError =
  | CorruptArtifactError
  | SafetensorsError
  | StorageError;

/**
 * Opens a safetensors file from anywhere, checked by the digest that it
 * carries, if it carries one. Tensors of types that are not read do no harm
 * until they are asked for.
 *
 * @param path The file.
 * @param options Whether it must carry a digest. Default: false.
 * @returns Its tensors, or the errors of {@link readTensors}.
 */
export const openTensors: (
  path: string,
  options?: { readonly checksummed?: boolean },
) => Effect.Effect<OpenedTensors, OpenTensorsError> = Effect.fn("openTensors")(
  function* (
    path,
    { checksummed = false } = {},
  ) {
    const bytes = yield* readBytes(path);
    const { entries, metadata, dataStart } = yield* readHeader(path, bytes);
    if (checksummed) yield* requireDigest(path, metadata);
    yield* checkDigest(path, bytes, metadata["sha256"]);
    yield* requireKnownFormat(path, metadata);
    const data = bytes.subarray(dataStart);
    const byName = new Map(entries);
    return {
      entries: byName,
      metadata,
      load: (name) => decodeTensor(path, name, byName.get(name)!, data),
    };
  },
);

const decodeChecked = Effect.fnUntraced(function* (
  path: string,
  bytes: Uint8Array,
): Effect.fn.Return<TensorFile, CorruptArtifactError | SafetensorsError> {
  const file = yield* decodeTensors(path, bytes);
  yield* checkDigest(path, bytes, file.metadata["sha256"]);
  yield* requireKnownFormat(path, file.metadata);
  return file;
});

const requireDigest = Effect.fnUntraced(function* (
  path: string,
  { sha256 }: Metadata,
): Effect.fn.Return<void, SafetensorsError> {
  if (sha256 !== undefined) return;
  const rule = "a checkpoint must carry its sha256 in the metadata";
  return yield* broken(path, rule, "none");
});

/** Files of others, which carry no digest, may mean what they like by it. */
const requireKnownFormat = Effect.fnUntraced(function* (
  path: string,
  { sha256, formatVersion }: Metadata,
): Effect.fn.Return<void, SafetensorsError> {
  const unknown = unknownFormat(formatVersion);
  if (sha256 === undefined || unknown === undefined) return;
  return yield* broken(path, formatRule, unknown);
});

const checkDigest = Effect.fnUntraced(function* (
  path: string,
  bytes: Uint8Array,
  expected: string | undefined,
): Effect.fn.Return<void, CorruptArtifactError> {
  if (expected === undefined) return;
  const actual = digestOf(bytes, expected);
  if (actual === expected) return;
  yield* new CorruptArtifactError({ path, expected, found: actual });
});

/** Computes a file's digest, with zeros in place of the one it carries. */
const digestOf = (file: Uint8Array, digest: string): string => {
  const dataStart = 8 +
    Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = withDigest(file.slice(0, dataStart), digest, zeros);
  return sha256Of(header, file.subarray(dataStart));
};

/** Changes the digest in a header; one that holds no `from` stays as it is. */
const withDigest = (
  header: Uint8Array,
  from: string,
  to: string,
): Uint8Array => {
  const at = Buffer.from(header.buffer, header.byteOffset, header.byteLength)
    .indexOf(`"sha256":"${from}"`);
  if (at < 0 || from.length !== to.length) return header;
  const changed = header.slice();
  changed.set(new TextEncoder().encode(to), at + `"sha256":"`.length);
  return changed;
};
