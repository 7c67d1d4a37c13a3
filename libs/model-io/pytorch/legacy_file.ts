/**
 * PyTorch's format from 0.2 to 1.5: five pickles — a magic number, the
 * protocol, the machine, what was saved, keys of storages — and then every
 * storage's length and bytes, in the order of the keys.
 *
 * Reference: `_legacy_save` and `_legacy_load` in PyTorch's
 * `torch/serialization.py`.
 *
 * @module
 */
import {
  type ByteRange,
  readBytes,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import type { ModelFileError } from "../errors.ts";
import { failWith, orFail } from "./or_fail.ts";
import {
  maxPickleBytes,
  type Opened,
  storageBytes,
  storageOf,
} from "./opened.ts";
import { type Persistent, unpickle } from "./pickle.ts";
import {
  described,
  type ElementType,
  isKind,
  type Pickled,
} from "./pickled.ts";

/** What {@link openLegacy} fails with. */
export type OpenLegacyError = ModelFileError | StorageError;

/**
 * Opens a file of `torch.save` that is a row of pickles.
 *
 * @param path The file.
 * @param fileBytes Its size.
 * @returns Its pickle and where its storages lie, or `ModelFileError`, or
 * `StorageError`.
 */
export const openLegacy: (
  path: string,
  fileBytes: number,
) => Effect.Effect<Opened, OpenLegacyError> = Effect.fnUntraced(function* (
  path,
  fileBytes,
) {
  const bytes = yield* readBytes(path, { start: 0, bytes: maxPickleBytes });
  const types = new Map<string, ElementType>();
  const noting: Persistent = (id) => {
    const storage = storageOf(id);
    if (isKind(storage, "storage") && !types.has(storage.key)) {
      types.set(storage.key, storage.type);
    }
    return storage;
  };
  let at = 0;
  const next = Effect.fnUntraced(function* () {
    const read = yield* orFail(path, unpickle(bytes, at, noting));
    at = read.end;
    return read;
  });
  const { value: magic } = yield* next();
  if (magic !== magicNumber) {
    const rule = "a pickle must be one of torch.save";
    return yield* failWith(path, rule, `it holds ${described(magic)}`);
  }
  const { value: protocol } = yield* next();
  if (protocol !== 1001) {
    const rule = "the protocol of torch.save must be 1001";
    return yield* failWith(path, rule, described(protocol));
  }
  const { value: machine } = yield* next();
  if (
    isKind(machine, "dict") && machine.entries.get("little_endian") === false
  ) {
    const rule = "bytes must be in little-endian order";
    return yield* failWith(path, rule, "big-endian");
  }
  const { value: root, notCalled } = yield* next();
  const { value: keys } = yield* next();
  const memory = yield* memoryOf(path, fileBytes, at, keys, types);
  return { format: "PyTorch legacy", root, memory, notCalled };
});

/** Stands first in every file of this format. */
const magicNumber = 0x1950a86a20f9469cfc6cn;

/** Where each storage lies; each tells its own length. */
const memoryOf = Effect.fnUntraced(function* (
  path: string,
  fileBytes: number,
  start: number,
  keys: Pickled,
  types: ReadonlyMap<string, ElementType>,
) {
  const memory = new Map<string, ByteRange>();
  let at = start;
  for (const key of isKind(keys, "list") ? keys.items : []) {
    const type = typeof key === "string" ? types.get(key) : undefined;
    if (typeof key !== "string" || type === undefined || memory.has(key)) {
      const rule = "storages must be those of the pickle, once each";
      return yield* failWith(path, rule, described(key));
    }
    const range = yield* storageAt(path, fileBytes, at, type);
    memory.set(key, range);
    at = range.start + range.bytes;
  }
  return memory;
});

/** What {@link storageAt} fails with. */
export type StorageAtError = ModelFileError | StorageError;

/**
 * The storage at a place of a file: eight bytes of length, then its elements.
 *
 * @param path The file.
 * @param fileBytes Where it must end at the latest.
 * @param at Offset of the length.
 * @param type Of the elements.
 * @returns Where the elements lie, or `ModelFileError` when the file is cut
 * off, or `StorageError`.
 */
export const storageAt: (
  path: string,
  fileBytes: number,
  at: number,
  type: ElementType,
) => Effect.Effect<ByteRange, StorageAtError> = Effect.fnUntraced(function* (
  path,
  fileBytes,
  at,
  type,
) {
  const length = yield* readBytes(path, { start: at, bytes: 8 });
  const elements = length.byteLength === 8
    ? Number(new DataView(length.buffer).getBigInt64(0, true))
    : -1;
  const bytes = storageBytes(type, elements);
  const start = at + 8;
  if (elements >= 0 && bytes <= fileBytes - start) return { start, bytes };
  const rule = "the file must not be cut off";
  const found = elements < 0
    ? `no storage at byte ${at} of ${fileBytes}`
    : `a storage of ${bytes} bytes at byte ${start} of ${fileBytes}`;
  return yield* failWith(path, rule, found);
});
