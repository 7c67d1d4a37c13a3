/**
 * NumPy's `.npy` files as rows that need not fit in memory: read block by
 * block, and written.
 *
 * Reference: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  type NonFiniteFeatureError,
  requireFinite,
  type RowReader,
} from "@deepcluster/core";
import { Effect, type Scope, Stream } from "effect";
import { Buffer } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { NpyError, type StorageError } from "./errors.ts";
import { writeDurably } from "./files.ts";
import { floatBytes, floatsOf } from "./float_formats.ts";
import {
  type BrokenRule,
  formatNpyHeader,
  npyPrefixBytes,
  parseNpyHeader,
  readNpyPrefix,
} from "./npy_header.ts";
import {
  openForReading,
  readAll,
  sizeOfFile,
  wrongSize,
} from "./positioned_file.ts";
import type { Written } from "./reading.ts";

/** What reading rows of a `.npy` file can fail with. */
export type NpyRowsError = NonFiniteFeatureError | StorageError;

/** What {@link openNpy} can fail with. */
export type OpenNpyError = NpyError | StorageError;

/**
 * Opens the matrix of a `.npy` file for reading in blocks.
 *
 * Numbers of 16 and 64 bits become 32-bit floats; those of 64 bits are rounded
 * to the nearest. Rows of a file in Fortran order take one read of the file for
 * each column of a block.
 *
 * @param path A file of float16, float32 or float64 with two axes, `[n, d]`,
 * of either byte order.
 * @returns Its rows while the scope is open, or `NpyError` naming the rule
 * that the file breaks, or `StorageError`. Reading a block fails with
 * `NonFiniteFeatureError` naming the row when a value is NaN, infinite, or
 * beyond the range of 32-bit floats.
 *
 * @example Rows that were written
 * ```ts
 * import { matrix, rowsOf } from "@deepcluster/core";
 * import { openNpy, writeNpy } from "@deepcluster/storage";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const path = join(mkdtempSync(join(tmpdir(), "npy-")), "features.npy");
 * const values = await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
 *   yield* writeNpy(path, rowsOf(matrix(2, 2, Float32Array.of(1, 2, 3, 4))));
 *   const rows = yield* openNpy(path);
 *   return [...(yield* rows.read(1, 1)).data];
 * })));
 * assert.deepEqual(values, [3, 4]);
 * ```
 */
export const openNpy: (
  path: string,
) => Effect.Effect<RowReader<NpyRowsError>, OpenNpyError, Scope.Scope> = Effect
  .fn("openNpy")(function* (path) {
    const handle = yield* openForReading(path);
    const file = yield* layoutOf(path, handle);
    return {
      rows: file.rows,
      columns: file.columns,
      read: Effect.fnUntraced(function* (start, count, into) {
        if (!(start >= 0 && count >= 0 && start + count <= file.rows)) {
          const detail = `rows ${start} to ${start + count} of ${file.rows}`;
          return yield* wrongSize("read", path, detail);
        }
        const block = yield* file.fortranOrder
          ? readColumns(file, start, count)
          : readRows(file, start, count, into);
        yield* requireFinite(`use ${path}`, block, (row) => start + row);
        return block;
      }),
    };
  });

/**
 * Writes a matrix as a `.npy` file of float32 (or a vector of whole numbers as
 * one of int32), with the bytes of `numpy.save`.
 *
 * The file appears under its name only when all of it is on disk. Memory holds
 * one block of rows.
 *
 * @param path Where the file shall be.
 * @param values Rows `[n, d]`, or `[n]` whole numbers.
 * @returns Digest and size, or `StorageError`, or the error of reading.
 */
export const writeNpy: <E = never>(
  path: string,
  values: RowReader<E> | Int32Array,
) => Effect.Effect<Written, StorageError | E> = Effect.fn("writeNpy")(
  function* <E = never>(path: string, values: RowReader<E> | Int32Array) {
    const isVector = values instanceof Int32Array;
    const header = formatNpyHeader({
      descr: isVector ? "<i4" : "<f4",
      fortranOrder: false,
      shape: isVector ? [values.length] : [values.rows, values.columns],
    });
    return yield* writeDurably(
      path,
      isVector
        ? [header, bytesOf(values)]
        : Stream.concat(Stream.make(header), blocksOf(values)),
    );
  },
);

/** Bytes of a block that is written at a time. */
const blockBytes = 4 << 20;

const blocksOf = <E>(rows: RowReader<E>): Stream.Stream<Uint8Array, E> => {
  const size = Math.max(1, Math.floor(blockBytes / (4 * rows.columns)));
  return Stream.range(0, Math.ceil(rows.rows / size) - 1).pipe(
    Stream.mapEffect((block) =>
      Effect.map(
        rows.read(block * size, Math.min(size, rows.rows - block * size)),
        ({ data }) => bytesOf(data),
      )
    ),
  );
};

/** Where the values of an open file lie, and what they mean. */
interface Layout {
  readonly path: string;
  readonly handle: FileHandle;
  readonly rows: number;
  readonly columns: number;
  readonly format: "float16" | "float32" | "float64";
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  /** Offset of the first value. */
  readonly start: number;
}

const formats: Readonly<Record<string, Layout["format"]>> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

const layoutOf = Effect.fnUntraced(function* (
  path: string,
  handle: FileHandle,
): Effect.fn.Return<Layout, OpenNpyError> {
  const size = yield* sizeOfFile(path, handle);
  const prefix = new Uint8Array(Math.min(size, npyPrefixBytes));
  yield* readAll(path, handle, prefix, 0);
  const place = readNpyPrefix(prefix);
  if ("rule" in place) return yield* refused(path, place);
  if (size < place.end) return yield* refused(path, cutOff(size, place.end));
  const bytes = new Uint8Array(place.end - place.start);
  yield* readAll(path, handle, bytes, place.start);
  const encoding = place.utf8 ? "utf-8" : "latin1";
  const header = parseNpyHeader(new TextDecoder(encoding).decode(bytes));
  if ("rule" in header) return yield* refused(path, header);
  const { descr, fortranOrder, shape } = header;
  const format = /^[<>]/.test(descr) ? formats[descr.slice(1)] : undefined;
  if (format === undefined) {
    return yield* refused(path, {
      rule: "its numbers must be float16, float32 or float64",
      found: descr,
    });
  }
  const [rows, columns] = shape as [number, number];
  if (shape.length !== 2 || rows < 1 || columns < 1) {
    return yield* refused(path, {
      rule: "the array must be a matrix: one row an image, at least one column",
      found: `shape (${shape.join(", ")})`,
    });
  }
  const end = place.end + rows * columns * floatBytes[format];
  if (size !== end) {
    return yield* refused(
      path,
      size < end ? cutOff(size, end) : {
        rule: "the file must end with its array",
        found: `${size - end} bytes behind it`,
      },
    );
  }
  return {
    path,
    handle,
    rows,
    columns,
    format,
    bigEndian: descr[0] === ">",
    fortranOrder,
    start: place.end,
  };
});

const cutOff = (size: number, expected: number): BrokenRule => ({
  rule: `the file must have the ${expected} bytes that its header announces`,
  found: `${size} bytes`,
});

const refused = (path: string, { rule, found }: BrokenRule) =>
  Effect.fail(new NpyError({ path, rule, found }));

/** Rows that lie one behind the other, into the caller's memory if they fit. */
const readRows = Effect.fnUntraced(function* (
  file: Layout,
  start: number,
  count: number,
  into: Float32Array | undefined,
): Effect.fn.Return<Matrix, StorageError> {
  const { columns } = file;
  const data = yield* readValues(
    file,
    start * columns,
    count * columns,
    into,
  );
  return matrix(count, columns, data);
});

/** Rows whose values lie a column apart. */
const readColumns = Effect.fnUntraced(function* (
  file: Layout,
  start: number,
  count: number,
): Effect.fn.Return<Matrix, StorageError> {
  const block = matrix(count, file.columns);
  for (let j = 0; j < file.columns; j++) {
    const column = yield* readValues(file, j * file.rows + start, count);
    for (let i = 0; i < count; i++) {
      block.data[i * file.columns + j] = column[i]!;
    }
  }
  return block;
});

const readValues = Effect.fnUntraced(function* (
  { path, handle, format, bigEndian, start }: Layout,
  first: number,
  count: number,
  into?: Float32Array,
): Effect.fn.Return<Float32Array, StorageError> {
  const width = floatBytes[format];
  const bytes = width === 4 && into !== undefined
    ? bytesOf(into.subarray(0, count))
    : new Uint8Array(count * width);
  yield* readAll(path, handle, bytes, start + first * width);
  if (bigEndian) swapBytes(bytes, width);
  return floatsOf(format, bytes);
});

const swapBytes = (
  { buffer, byteOffset, byteLength }: Uint8Array<ArrayBufferLike>,
  width: number,
): void => {
  const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  if (width === 2) bytes.swap16();
  else if (width === 4) bytes.swap32();
  else bytes.swap64();
};

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);
