/**
 * Tensors in the safetensors format: eight bytes of header length, a header
 * in JSON, and the tensors' own memory, little-endian.
 *
 * Reference: https://huggingface.co/docs/safetensors (format section). Types
 * F32 and I32 are read and written; F16, BF16 and F64 are read into 32-bit
 * floats; I64, in which PyTorch counts batches, is read into 32-bit integers
 * when every value fits.
 *
 * @module
 */
import {
  floatTensor,
  intTensor,
  sizeOf,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import { Effect } from "effect";
import { SafetensorsError } from "./errors.ts";
import { type FloatFormat, floatsOf } from "./float_formats.ts";
import {
  broken,
  type Entry,
  readHeader,
  widthOf,
} from "./safetensors_header.ts";

export type { Entry };

/** Words about the tensors, by name. */
export type Metadata = Readonly<Record<string, string>>;

/** What a safetensors file holds. */
export interface TensorFile {
  /** Tensors by name, in the file's order of names. */
  readonly tensors: Tensors;
  /** Words about them; `{}` when the file has none. */
  readonly metadata: Metadata;
}

/**
 * Lays out tensors as a safetensors file, without copying them: the first
 * chunk is the header, each other one a view of a tensor's memory. Do not
 * write to the tensors before the chunks are on disk.
 *
 * Tensors lie in the order of their keys, and the header is padded with
 * spaces so that they start at a multiple of 8 bytes.
 *
 * @param path Where it will be written, for messages.
 * @param tensors Tensors whose `data` holds as many values as `shape` says.
 * @param metadata Words about them.
 * @returns The chunks, or `SafetensorsError` when a name or a shape is not
 * possible in the format.
 *
 * @example Encoded and decoded
 * ```ts
 * import { decodeTensors, encodeTensors } from "@deepcluster/storage";
 * import { floatTensor } from "@deepcluster/core";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const weight = floatTensor([2], Float32Array.of(1, 2));
 * const program = Effect.gen(function* () {
 *   const [header, view] = yield* encodeTensors("a.safetensors", { weight });
 *   const bytes = Uint8Array.of(...header!, ...view!);
 *   return yield* decodeTensors("a.safetensors", bytes);
 * });
 * const { tensors } = Effect.runSync(program);
 * assert.deepEqual(tensors, { weight });
 * ```
 */
export const encodeTensors: (
  path: string,
  tensors: Tensors,
  metadata?: Metadata,
) => Effect.Effect<ReadonlyArray<Uint8Array>, SafetensorsError> = Effect.fn(
  "encodeTensors",
)(function* (
  path,
  tensors,
  metadata = {},
) {
  const entries: Array<[string, unknown]> = [["__metadata__", metadata]];
  const views: Array<Uint8Array> = [];
  let end = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    yield* checkTensor(path, name, tensor);
    const { buffer, byteOffset, byteLength } = tensor.data;
    const start = end;
    end += byteLength;
    entries.push([name, {
      dtype: tensor.dtype === "float32" ? "F32" : "I32",
      shape: tensor.shape,
      data_offsets: [start, end],
    }]);
    views.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const header = JSON.stringify(Object.fromEntries(entries));
  return [headerBytes(header), ...views];
});

/**
 * Reads a safetensors file. Tensors are views of `bytes` where their offset
 * is a multiple of 4, as it is in files written here or by PyTorch; others
 * are copied.
 *
 * @param path Where the bytes come from, for messages.
 * @param bytes The entire file.
 * @returns Its tensors and metadata, or `SafetensorsError` naming the rule
 * that the file breaks.
 */
export const decodeTensors: (
  path: string,
  bytes: Uint8Array,
) => Effect.Effect<TensorFile, SafetensorsError> = Effect.fn("decodeTensors")(
  function* (
    path,
    bytes,
  ) {
    const { entries, metadata, dataStart } = yield* readHeader(path, bytes);
    const data = bytes.subarray(dataStart);
    const tensors: Array<[string, Tensor]> = [];
    for (const [name, entry] of entries) {
      tensors.push([name, yield* decodeTensor(path, name, entry, data)]);
    }
    return { tensors: Object.fromEntries(tensors), metadata };
  },
);

const checkTensor = Effect.fnUntraced(function* (
  path: string,
  name: string,
  { shape, data }: Tensor,
): Effect.fn.Return<void, SafetensorsError> {
  const refused = (rule: string, found: string) =>
    new SafetensorsError({ action: "write", path, rule, found });
  if (name === "__metadata__") {
    return yield* refused("a tensor must not have the metadata's name", name);
  }
  const sizesAreCounts = shape.every((d) => Number.isSafeInteger(d) && d >= 0);
  if (sizesAreCounts && sizeOf(shape) === data.length) return;
  return yield* refused(
    "a tensor must hold as many values as its shape says",
    `${name} has shape [${shape}] and ${data.length} values`,
  );
});

/** Length, text and spaces: a multiple of 8 bytes in all. */
const headerBytes = (json: string): Uint8Array => {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
};

const floats: Readonly<Partial<Record<Entry["dtype"], FloatFormat>>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  F64: "float64",
};

/**
 * Reads one tensor of a file.
 *
 * @param path Where the bytes come from, for messages.
 * @param name The tensor's.
 * @param entry Where it lies among `data` and what its bytes mean.
 * @param data What follows the header.
 * @returns The tensor, or `SafetensorsError` when its type is not read or its
 * integers do not fit 32 bits.
 */
export const decodeTensor: (
  path: string,
  name: string,
  entry: Entry,
  data: Uint8Array,
) => Effect.Effect<Tensor, SafetensorsError> = Effect.fnUntraced(function* (
  path,
  name,
  { dtype, shape, data_offsets: [start, end] },
  data,
) {
  if (floats[dtype] === undefined && dtype !== "I32" && dtype !== "I64") {
    const rule = "a tensor must have type F32, I32, I64, F16, BF16 or F64";
    return yield* broken(path, rule, `${name} has ${dtype}`);
  }
  const width = widthOf[dtype];
  const part = data.subarray(start, end);
  const format = floats[dtype];
  if (format !== undefined) return floatTensor(shape, floatsOf(format, part));
  const { buffer, byteOffset } = part.byteOffset % width === 0
    ? part
    : part.slice();
  const length = part.byteLength / width;
  if (dtype === "I32") {
    return intTensor(shape, new Int32Array(buffer, byteOffset, length));
  }
  const wide = new BigInt64Array(buffer, byteOffset, length);
  const tooWide = wide.find((value) => BigInt.asIntN(32, value) !== value);
  if (tooWide === undefined) {
    return intTensor(shape, Int32Array.from(wide, Number));
  }
  const rule = "64-bit integers must fit 32 bits";
  return yield* broken(path, rule, `${name} holds ${tooWide}`);
});
