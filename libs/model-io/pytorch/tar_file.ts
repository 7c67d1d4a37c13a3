/**
 * PyTorch's format up to 0.1: a tar archive of `storages`, `tensors` and
 * `pickle`, which names tensors by number.
 *
 * The tar's own headers are read here, since they are all that is wanted of
 * it and the tar packages of npm stream through every byte to find them.
 *
 * Reference: `legacy_load` in PyTorch's `torch/serialization.py`; POSIX
 * `pax`, ustar interchange format.
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
import { elementTypeOf } from "./allowlist.ts";
import { storageAt } from "./legacy_file.ts";
import { maxPickleBytes, type Opened } from "./opened.ts";
import { type Persistent, unpickle } from "./pickle.ts";
import {
  described,
  elementBytes,
  isCount,
  isKind,
  type Pickled,
  type PickleError,
  pickleError,
  type Storage,
  tupleItems,
} from "./pickled.ts";

/** Size of a tar's header, and what members are padded to. */
const tarBlockBytes = 512;

/**
 * Whether bytes are the header of a tar's member.
 *
 * @param block The first 512 bytes of a file.
 * @returns `true` when its checksum is right.
 */
export const isTarHeader = (block: Uint8Array): boolean => {
  if (block.byteLength < tarBlockBytes) return false;
  const spaces = block.slice(0, tarBlockBytes).fill(0x20, 148, 156);
  const sum = spaces.reduce((total, byte) => total + byte, 0);
  return octal(block, 148, 8) === sum;
};

/** What {@link openTar} fails with. */
export type OpenTarError = ModelFileError | StorageError;

/**
 * Opens a tar file of `torch.save`.
 *
 * @param path The file.
 * @param fileBytes Its size.
 * @returns Its pickle and where its storages lie, or `ModelFileError`, or
 * `StorageError`.
 */
export const openTar: (
  path: string,
  fileBytes: number,
) => Effect.Effect<Opened, OpenTarError> = Effect.fnUntraced(function* (
  path,
  fileBytes,
) {
  const members = yield* membersOf(path, fileBytes);
  const places = ["storages", "tensors", "pickle"].map((n) => members.get(n));
  const [storagesAt, tensorsAt, pickleAt] = places;
  if (!storagesAt || !tensorsAt || !pickleAt) {
    const rule = "a tar file of torch.save must hold storages, tensors, pickle";
    const found = [...members.keys()].slice(0, 3).join(", ");
    return yield* failWith(path, rule, found);
  }
  const { storages, memory } = yield* readStorages(path, storagesAt);
  const tensors = yield* orFail(
    path,
    tensorsOf(yield* readSome(path, tensorsAt), storages),
  );
  const bytes = yield* readSome(path, pickleAt);
  const { value, notCalled } = yield* orFail(
    path,
    unpickle(bytes, 0, numbered(new Map([...storages, ...tensors]))),
  );
  return { format: "PyTorch tar", root: value, memory, notCalled };
});

/** Classes of modules stand for themselves: `(class, file, source)`. */
const numbered = (values: ReadonlyMap<string, Pickled>): Persistent => (id) => {
  const [module] = tupleItems(id);
  if (isKind(module, "named")) return module;
  return values.get(String(id)) ??
    pickleError("tensors must be those of the file", described(id));
};

const readSome = (path: string, range: ByteRange) =>
  readBytes(path, { ...range, bytes: Math.min(range.bytes, maxPickleBytes) });

/** Files of the archive by name. */
const membersOf = Effect.fnUntraced(function* (
  path: string,
  fileBytes: number,
): Effect.fn.Return<
  ReadonlyMap<string, ByteRange>,
  ModelFileError | StorageError
> {
  const members = new Map<string, ByteRange>();
  for (let at = 0; members.size < mostMembers;) {
    const block = yield* readBytes(path, { start: at, bytes: tarBlockBytes });
    if (!isTarHeader(block)) break;
    const nul = block.subarray(0, 100).indexOf(0);
    const name = new TextDecoder("latin1")
      .decode(block.subarray(0, nul < 0 ? 100 : nul));
    const start = at + tarBlockBytes;
    const bytes = octal(block, 124, 12);
    if (bytes > fileBytes - start) {
      const found =
        `${name} of ${bytes} bytes at byte ${start} of ${fileBytes}`;
      return yield* failWith(path, "the file must not be cut off", found);
    }
    members.set(name, { start, bytes });
    at = start + Math.ceil(bytes / tarBlockBytes) * tarBlockBytes;
  }
  return members;
});

/** torch.save wrote four. */
const mostMembers = 100;

/** Digits up to a space or NUL; sizes from 8 GiB, written in binary, are none. */
const octal = (block: Uint8Array, start: number, bytes: number): number => {
  const [digits] = /[0-7]+/.exec(
    new TextDecoder("latin1").decode(block.subarray(start, start + bytes)),
  ) ?? [];
  return digits === undefined ? Infinity : parseInt(digits, 8);
};

/** Count, then key, location and type of each with its memory; then views. */
const readStorages = Effect.fnUntraced(function* (
  path: string,
  member: ByteRange,
) {
  const end = member.start + member.bytes;
  const storages = new Map<string, Storage>();
  const memory = new Map<string, ByteRange>();
  let at = member.start;
  const next = Effect.fnUntraced(function* (maxBytes: number) {
    const window = { start: at, bytes: Math.min(end - at, maxBytes) };
    const read = yield* orFail(
      path,
      unpickle(yield* readBytes(path, window)),
    );
    at += read.end;
    return read.value;
  });
  const count = yield* next(smallPickleBytes);
  for (let i = 0; isCount(count) && i < count; i++) {
    const [key, , named] = tupleItems(yield* next(smallPickleBytes));
    const type = isKind(named, "named") ? elementTypeOf(named.name) : undefined;
    if (key === undefined || type === undefined) {
      const rule = "a storage must have a key and a type";
      return yield* failWith(path, rule, described(named));
    }
    const range = yield* storageAt(path, end, at, type);
    const elements = range.bytes / elementBytes[type];
    const name = String(key);
    storages.set(name, {
      kind: "storage",
      key: name,
      type,
      start: 0,
      elements,
    });
    memory.set(name, range);
    at = range.start + range.bytes;
  }
  const views = yield* next(maxPickleBytes);
  for (const view of isKind(views, "list") ? views.items : []) {
    const [name, storage] = yield* orFail(path, viewOf(view, storages));
    storages.set(name, storage);
  }
  return { storages, memory };
});

/** A count, or a key with its location and type. */
const smallPickleBytes = 4096;

const viewOf = (
  view: Pickled,
  storages: ReadonlyMap<string, Storage>,
): readonly [string, Storage] | PickleError => {
  const [key, root, start, elements] = tupleItems(view);
  const storage = storages.get(String(root));
  return storage && isCount(start) && isCount(elements) &&
      start + elements <= storage.elements
    ? [String(key), { ...storage, start: storage.start + start, elements }]
    : pickleError("a view must lie within its storage", described(root));
};

/**
 * Count, then of each key, storage and type as a pickle, and in binary the
 * number of dimensions (8 bytes), sizes, strides and offset.
 */
const tensorsOf = (
  bytes: Uint8Array<ArrayBuffer>,
  storages: ReadonlyMap<string, Storage>,
): ReadonlyMap<string, Pickled> | PickleError => {
  const counted = unpickle(bytes);
  if (counted.kind === "pickleError") return counted;
  const tensors = new Map<string, Pickled>();
  let at = counted.end;
  for (let i = 0; isCount(counted.value) && i < counted.value; i++) {
    const read = unpickle(bytes, at);
    if (read.kind === "pickleError") return read;
    const [key, from] = tupleItems(read.value);
    const storage = storages.get(String(from));
    if (key === undefined || storage === undefined) {
      return pickleError("a tensor must have a storage", described(from));
    }
    const numbers = geometryAt(bytes, read.end);
    if (numbers.kind === "pickleError") return numbers;
    at = numbers.end;
    const { shape, strides, offset } = numbers;
    tensors.set(String(key), {
      kind: "tensor",
      storage,
      shape,
      strides,
      offset,
    });
  }
  return tensors;
};

const geometryAt = (bytes: Uint8Array<ArrayBuffer>, at: number) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cut = pickleError(
    "the file must not be cut off",
    `tensors end at ${at}`,
  );
  if (at + 8 > bytes.byteLength) return cut;
  const dimensions = view.getUint32(at, true);
  const end = at + 8 + 8 * (2 * dimensions + 1);
  if (end > bytes.byteLength) return cut;
  const numbers = Array.from(
    { length: 2 * dimensions + 1 },
    (_, i) => Number(view.getBigInt64(at + 8 + 8 * i, true)),
  );
  const other = numbers.find((number) => !isCount(number));
  if (other !== undefined) {
    return pickleError("sizes must be counts", `${other}`);
  }
  return {
    kind: "geometry",
    shape: numbers.slice(0, dimensions),
    strides: numbers.slice(dimensions, 2 * dimensions),
    offset: numbers[2 * dimensions]!,
    end,
  } as const;
};
