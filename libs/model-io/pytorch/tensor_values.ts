/**
 * The values of a tensor, gathered from where its storage lies in the file.
 *
 * @module
 */
import { type FloatTensor, floatTensor, sizeOf } from "@deepcluster/core";
import {
  type ByteRange,
  floatBytes,
  type FloatFormat,
  floatsOf,
  readBytes,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import type { ModelFileError } from "../errors.ts";
import { failWith } from "./or_fail.ts";
import { storageBytes } from "./opened.ts";
import type { ElementType, TensorView } from "./pickled.ts";

/** What {@link tensorValues} fails with. */
export type TensorValuesError = ModelFileError | StorageError;

/**
 * Reads a tensor: the part of the file that it spans, and no more.
 *
 * @param path The file.
 * @param name The tensor's, for messages.
 * @param tensor The view.
 * @param memory Where storages lie in the file.
 * @returns Row-major values; or `ModelFileError` when they are no
 * floating-point numbers, or lie outside of their storage, or
 * `StorageError`. Expanded tensors, whose strides are 0, have more values than
 * their storage: the caller bounds them.
 */
export const tensorValues: (
  path: string,
  name: string,
  tensor: TensorView,
  memory: ReadonlyMap<string, ByteRange>,
) => Effect.Effect<FloatTensor, TensorValuesError> = Effect.fnUntraced(
  function* (
    path,
    name,
    tensor,
    memory,
  ) {
    const { storage, shape, offset } = tensor;
    const format = formats[storage.type];
    if (format === undefined) {
      const rule = "parameters must be floating-point numbers";
      return yield* failWith(path, rule, `${name} is ${storage.type}`);
    }
    const range = memory.get(storage.key);
    const first = storage.start + offset;
    const count = sizeOf(shape);
    const span = count === 0 ? 0 : 1 + lastOf(tensor);
    const fits = range !== undefined &&
      offset + span <= storage.elements &&
      storageBytes(storage.type, first + span) <= range.bytes;
    if (!fits) {
      const rule = "a tensor must lie within its storage";
      const found =
        `${name} [${shape}] from ${offset} of ${storage.elements} ` +
        `values in ${range?.bytes ?? 0} bytes`;
      return yield* failWith(path, rule, found);
    }
    const width = floatBytes[format];
    const bytes = yield* readBytes(path, {
      start: range.start + first * width,
      bytes: span * width,
    });
    if (bytes.byteLength !== span * width) {
      const rule = "the file must not be cut off";
      return yield* failWith(
        path,
        rule,
        `${name} ends after ${bytes.byteLength}`,
      );
    }
    return floatTensor(shape, gathered(floatsOf(format, bytes), tensor, count));
  },
);

const formats: Readonly<Partial<Record<ElementType, FloatFormat>>> = {
  Float: "float32",
  Double: "float64",
  Half: "float16",
  BFloat16: "bfloat16",
};

/** Distance from the first to the last value in memory. */
const lastOf = ({ shape, strides }: TensorView): number =>
  shape.reduce((sum, size, i) => sum + (size - 1) * strides[i]!, 0);

/** In row-major order whatever the strides, without a copy where it is. */
const gathered = (
  values: Float32Array,
  { shape, strides }: TensorView,
  count: number,
): Float32Array => {
  if (isContiguous(shape, strides)) return values;
  const ordered = new Float32Array(count);
  const index = shape.map(() => 0);
  for (let i = 0, at = 0; i < count; i++) {
    ordered[i] = values[at]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= shape[d]! * strides[d]!;
      index[d] = 0;
    }
  }
  return ordered;
};

const isContiguous = (
  shape: readonly number[],
  strides: readonly number[],
): boolean => {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d]! !== 1 && strides[d]! !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
};
