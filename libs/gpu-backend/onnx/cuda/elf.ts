/**
 * Which libraries a shared library of Linux needs: what `readelf -d` calls
 * NEEDED, read without it.
 *
 * Reference: the ELF-64 object file format, and elf(5).
 *
 * @module
 */
import { Effect } from "effect";
import { type FileHandle, open } from "node:fs/promises";

/**
 * Reads the names of the libraries that the loader must find first. Reads a few
 * kilobytes, however large the file is.
 *
 * @param path Of a shared library for a little-endian machine of 64 bits.
 * @returns Their names in order, such as `libcudart.so.13`; or why the file
 * cannot be read so.
 */
export const neededLibraries = (
  path: string,
): Effect.Effect<readonly string[], string> =>
  Effect.acquireUseRelease(
    Effect.tryPromise({ try: () => open(path), catch: String }),
    (file) =>
      Effect.tryPromise({ try: () => neededOf(file), catch: String }).pipe(
        Effect.filterOrFail(
          (names) => names !== undefined,
          () => `${path} is no ELF file of 64 bits`,
        ),
      ),
    (file) => Effect.promise(() => file.close()),
  );

const neededOf = async (
  file: FileHandle,
): Promise<readonly string[] | undefined> => {
  const header = await read(file, 0, 64);
  const isElf64 = header.byteLength === 64 &&
    header.getUint32(0) === 0x7f454c46 && header.getUint8(4) === 2 &&
    header.getUint8(5) === 1;
  if (!isElf64) return undefined;
  const segments = await segmentsOf(file, header);
  const dynamic = segments.find(({ type }) => type === segmentTypes.dynamic);
  if (dynamic === undefined) return [];
  const entries = await entriesOf(file, dynamic);
  const valueOf = (tag: number) =>
    entries.find((entry) => entry.tag === tag)?.value ?? 0;
  // The table of names is given by its address in memory.
  const address = valueOf(tags.strings);
  const holder = segments.find(({ type, from, bytes }) =>
    type === segmentTypes.load && from <= address && address < from + bytes
  );
  if (holder === undefined) return undefined;
  const names = await read(
    file,
    holder.offset + address - holder.from,
    valueOf(tags.stringBytes),
  );
  return entries.filter(({ tag }) => tag === tags.needed)
    .map(({ value }) => nameAt(names, value));
};

const segmentTypes = { load: 1, dynamic: 2 } as const;
const tags = { needed: 1, strings: 5, stringBytes: 10 } as const;

/** Where parts of the file come to lie in memory. */
const segmentsOf = async (file: FileHandle, header: DataView) => {
  const size = header.getUint16(54, true);
  const count = header.getUint16(56, true);
  const table = await read(file, long(header, 32), size * count);
  return Array.from({ length: count }, (_, i) => ({
    type: table.getUint32(size * i, true),
    offset: long(table, size * i + 8),
    from: long(table, size * i + 16),
    bytes: long(table, size * i + 32),
  }));
};

const entriesOf = async (
  file: FileHandle,
  { offset, bytes }: { readonly offset: number; readonly bytes: number },
) => {
  const table = await read(file, offset, bytes);
  return Array.from({ length: bytes / 16 }, (_, i) => ({
    tag: long(table, 16 * i),
    value: long(table, 16 * i + 8),
  }));
};

const read = async (file: FileHandle, position: number, length: number) => {
  const { buffer, bytesRead } = await file.read(
    new Uint8Array(length),
    0,
    length,
    position,
  );
  return new DataView(buffer.buffer, 0, bytesRead);
};

/** An unsigned integer of 64 bits; sizes and places are far below 2^53. */
const long = (view: DataView, offset: number): number =>
  Number(view.getBigUint64(offset, true));

const nameAt = (names: DataView, offset: number): string => {
  const bytes = new Uint8Array(names.buffer, offset);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
};
