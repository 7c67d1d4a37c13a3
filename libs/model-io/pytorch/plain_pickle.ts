/**
 * Pickles of plain data, such as lists of names and of numbers: containers as
 * JavaScript's, NumPy's arrays as lists.
 *
 * Reference: NumPy's `_core/multiarray.py` and `ndarray.__reduce__`.
 *
 * @module
 */
import { readBytes, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import { PickleFileError } from "../errors.ts";
import { unpickle } from "./pickle.ts";
import {
  described,
  isCount,
  isKind,
  isPickleError,
  type Opaque,
  type Pickled,
  type PickleError,
  pickleError,
  tupleItems,
} from "./pickled.ts";

/** What {@link readPickle} can fail with. */
export type ReadPickleError = PickleFileError | StorageError;

/** Plain data. */
type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/**
 * Reads a pickle without running any code of it.
 *
 * Dicts become objects, their keys texts; lists, tuples and sets become
 * arrays; arrays of NumPy of numbers become arrays, row-major and flat, its
 * scalars numbers.
 *
 * @param path The file.
 * @returns Plain data, or `PickleFileError` when it is no pickle or holds
 * something else, or `StorageError`.
 */
export const readPickle: (
  path: string,
) => Effect.Effect<unknown, ReadPickleError> = Effect.fn("readPickle")(
  function* (path) {
    const bytes = yield* readBytes(path);
    const read = unpickle(bytes);
    const plain = read.kind === "unpickled" ? plainOf(read.value, 0) : read;
    if (!isPickleError(plain)) return plain;
    const { rule, found } = plain;
    return yield* new PickleFileError({ path, rule, found });
  },
);

/** Deeper is nothing that a person wrote; a list can even hold itself. */
const maxDepth = 64;

/**
 * Turns a value of a pickle into plain data.
 *
 * @param value The value.
 * @param depth Containers that it is in.
 * @returns Plain data, or the rule that it breaks.
 */
const plainOf = (value: Pickled, depth: number): Plain | PickleError => {
  if (depth > maxDepth) {
    const rule = "plain data must be nested less deeply";
    return pickleError(rule, `more than ${maxDepth} containers`);
  }
  if (typeof value !== "object" || value === null) return value;
  if (isKind(value, "dict")) return objectOf(value.entries, depth);
  if (isKind(value, "list") || isKind(value, "tuple") || isKind(value, "set")) {
    return arrayOf(value.items, depth);
  }
  if (isKind(value, "opaque")) return ofNumpy(value);
  return pickleError(
    "a pickle of plain data must hold no other",
    described(value),
  );
};

const arrayOf = (
  items: readonly Pickled[],
  depth: number,
): readonly Plain[] | PickleError => {
  const plain: Plain[] = [];
  for (const item of items) {
    const one = plainOf(item, depth + 1);
    if (isPickleError(one)) return one;
    plain.push(one);
  }
  return plain;
};

const objectOf = (
  entries: ReadonlyMap<Pickled, Pickled>,
  depth: number,
): Plain | PickleError => {
  const plain: [string, Plain][] = [];
  for (const [key, value] of entries) {
    const one = plainOf(value, depth + 1);
    if (isPickleError(one)) return one;
    plain.push([typeof key === "string" ? key : described(key), one]);
  }
  return Object.fromEntries(plain);
};

/**
 * `scalar(dtype, bytes)`; an array is built of `(version, shape, dtype, …)`, or
 * in protocol 5 made by `_frombuffer(bytes, dtype, shape, order)`.
 */
const ofNumpy = ({ name, numpy }: Opaque): Plain | PickleError => {
  const args = numpy?.args ?? [];
  if (name === "a NumPy scalar") {
    const values = numbersOf(args[0], bytesOf(args[1]), 1);
    return isPickleError(values) ? values : values[0]!;
  }
  if (name === "a NumPy buffer") {
    const [data, dtype, shape, order] = args;
    return arrayOfNumpy(shape, dtype, order === "F", data);
  }
  if (name === "a NumPy array") {
    const [, shape, dtype, fortran, data] = tupleItems(numpy?.state);
    return arrayOfNumpy(shape, dtype, fortran === true, data);
  }
  return pickleError("a pickle of plain data must hold no other", name);
};

const arrayOfNumpy = (
  shape: Pickled | undefined,
  dtype: Pickled | undefined,
  byColumns: boolean,
  data: Pickled | undefined,
): readonly Plain[] | PickleError => {
  const sizes = tupleItems(shape);
  if (!sizes.every(isCount) || (byColumns && sizes.length > 1)) {
    const rule = "an array of NumPy must have sizes and lie row by row";
    return pickleError(rule, described(shape));
  }
  if (isKind(data, "list")) return arrayOf(data.items, 0);
  const count = sizes.reduce((product, size) => product * size, 1);
  return numbersOf(dtype, bytesOf(data), count);
};

/** Python 2 wrote bytes as texts. */
const bytesOf = (data: Pickled | undefined): Uint8Array | undefined =>
  typeof data === "string"
    ? Buffer.from(data, "latin1")
    : isKind(data, "opaque")
    ? data.bytes
    : undefined;

type Reader = (view: DataView, at: number, little: boolean) => number;

const readers: Readonly<Record<string, readonly [number, Reader]>> = {
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
};

/** `dtype("i8", …)`, built of `(version, byte order, …)`. */
const numbersOf = (
  dtype: Pickled | undefined,
  bytes: Uint8Array | undefined,
  count: number,
): readonly number[] | PickleError => {
  const parts = isKind(dtype, "opaque") ? dtype.numpy : undefined;
  const [code] = parts?.args ?? [];
  const [, order] = tupleItems(parts?.state);
  const reader = typeof code === "string" ? readers[code] : undefined;
  if (reader === undefined) {
    const rule = "an array of NumPy must be of numbers";
    return pickleError(rule, described(code));
  }
  const [size, read] = reader;
  // Python 3 writes no bytes as the call `bytes()` in protocol 2.
  if (count === 0) return [];
  if (bytes === undefined || bytes.byteLength !== count * size) {
    return pickleError(
      `an array of ${count} numbers of NumPy must have ${count * size} bytes`,
      String(bytes?.byteLength),
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(
    { length: count },
    (_, i) => read(view, i * size, order !== ">"),
  );
};
