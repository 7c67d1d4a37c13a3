/**
 * Shared libraries that hold nothing but the names of what they need.
 *
 * @module
 */

/**
 * Makes an ELF file of 64 bits, of two segments: all of it, loaded at
 * `0x10000`, and its dynamic section.
 *
 * @param needed The names.
 * @returns Its bytes.
 */
export const elfOf = (needed: readonly string[]): Uint8Array => {
  const names = new TextEncoder().encode(["", ...needed, ""].join("\0"));
  const entries: [number, number][] = [];
  let at = 1;
  for (const name of needed) {
    entries.push([1, at]);
    at += name.length + 1;
  }
  const [headers, dynamic] = [64, 64 + 2 * 56];
  const strings = dynamic + 16 * (needed.length + 3);
  entries.push([5, 0x10000 + strings], [10, names.length], [0, 0]);
  const file = new Uint8Array(strings + names.length);
  const view = new DataView(file.buffer);
  const long = (offset: number, value: number) =>
    view.setBigUint64(offset, BigInt(value), true);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  long(32, headers);
  view.setUint16(54, 56, true);
  view.setUint16(56, 2, true);
  const segments = [[1, 0, file.length], [2, dynamic, strings - dynamic]];
  segments.forEach(([type, offset, bytes], i) => {
    const header = headers + 56 * i;
    view.setUint32(header, type!, true);
    long(header + 8, offset!);
    long(header + 16, 0x10000 + offset!);
    long(header + 32, bytes!);
  });
  entries.forEach(([tag, value], i) => {
    long(dynamic + 16 * i, tag);
    long(dynamic + 16 * i + 8, value);
  });
  file.set(names, strings);
  return file;
};
