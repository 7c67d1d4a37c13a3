/**
 * Input files that all processes read: raw little-endian numbers in a temporary
 * folder.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import { Effect } from "effect";
import { join } from "node:path";

/** The input files of a row. */
export interface SharedFiles {
  /** Writes numbers and returns the path of the file. */
  readonly numbers: (
    name: string,
    data: Float32Array | Int32Array | Uint8Array,
  ) => Promise<string>;
  /** Writes tensors, and beside them their names, shapes and offsets. */
  readonly tensors: (name: string, tensors: Tensors) => Promise<string>;
}

/**
 * Returns functions that write the input files of a row.
 *
 * @param folder Folder of the files.
 * @returns See {@link SharedFiles}.
 */
export const sharedFilesIn = (folder: string): SharedFiles => {
  const numbers: SharedFiles["numbers"] = async (name, data) => {
    const path = join(folder, name);
    await Deno.writeFile(path, bytesOf(data));
    return path;
  };
  return {
    numbers,
    tensors: async (name, tensors) => {
      let offset = 0;
      const entries = Object.entries(tensors).map(([name, tensor]) => {
        const size = tensor.data.length;
        offset += size;
        return { name, shape: tensor.shape, offset: offset - size, size };
      });
      const all = new Float32Array(offset);
      for (const entry of entries) {
        all.set(tensors[entry.name]!.data, entry.offset);
      }
      const path = await numbers(name, all);
      await Deno.writeTextFile(`${path}.json`, JSON.stringify(entries));
      return path;
    },
  };
};

const bytesOf = ({ buffer, byteOffset, byteLength }: {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Reads 32-bit floats.
 *
 * @param path Path of a file that {@link SharedFiles} wrote.
 * @returns The numbers.
 */
export const readFloats = (path: string): Effect.Effect<Float32Array> =>
  Effect.map(readBytes(path), (bytes) => new Float32Array(bytes.buffer));

/**
 * Reads 32-bit integers.
 *
 * @param path Path of a file that {@link SharedFiles} wrote.
 * @returns The numbers.
 */
export const readIntegers = (path: string): Effect.Effect<Int32Array> =>
  Effect.map(readBytes(path), (bytes) => new Int32Array(bytes.buffer));

/**
 * Reads bytes into one buffer. `Deno.readFile` holds them twice for a while,
 * which would count as memory of the workload.
 *
 * @param path Path of a file that {@link SharedFiles} wrote.
 * @returns The bytes, in a buffer of their own.
 */
export const readBytes = Effect.fnUntraced(function* (path: string) {
  const { size } = yield* Effect.promise(() => Deno.stat(path));
  const bytes = new Uint8Array(size);
  yield* readInto(path, bytes);
  return bytes;
});

/**
 * Reads a file into an array.
 *
 * @param path Path of a file that {@link SharedFiles} wrote.
 * @param values Receives the numbers; has the size of the file.
 */
export const readInto = (
  path: string,
  values: Float32Array | Uint8Array,
): Effect.Effect<void> =>
  Effect.promise(async () => {
    using file = await Deno.open(path);
    const bytes = bytesOf(values);
    for (let offset = 0; offset < bytes.length;) {
      const count = await file.read(bytes.subarray(offset));
      if (count === null) throw new Error(`${path} is too short`);
      offset += count;
    }
  });

/**
 * Reads tensors.
 *
 * @param path Path of a file that {@link SharedFiles} wrote.
 * @returns Tensors by name, views of one buffer.
 */
export const readTensors = Effect.fnUntraced(function* (path: string) {
  const data = yield* readFloats(path);
  const text = yield* Effect.promise(() => Deno.readTextFile(`${path}.json`));
  const entries: readonly {
    name: string;
    shape: number[];
    offset: number;
    size: number;
  }[] = JSON.parse(text);
  return Object.fromEntries(entries.map(({ name, shape, offset, size }) => {
    const values = data.subarray(offset, offset + size);
    return [name, { dtype: "float32" as const, shape, data: values }];
  }));
});
