/**
 * The header of NumPy's `.npy` files: read by rules, never evaluated.
 *
 * Reference: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * (versions 1.0, 2.0 and 3.0). The header is a Python dictionary with the keys
 * `descr`, `fortran_order` and `shape`.
 *
 * @module
 */

/** What a header says of its array. */
export interface NpyHeader {
  /** NumPy's name of the type with its byte order, such as `<f4`. */
  readonly descr: string;
  /** Whether the first axis varies fastest: column after column. */
  readonly fortranOrder: boolean;
  /** Length of each axis. */
  readonly shape: readonly number[];
}

/** The rule that a file breaks, and what it holds instead. */
export interface BrokenRule {
  /** What must hold. */
  readonly rule: string;
  /** The present value. */
  readonly found: string;
}

/** Bytes before the header's text: those of versions 2 and 3, at most. */
export const npyPrefixBytes = 12;

/** NumPy's own limit (`max_header_size`). */
const maxHeaderBytes = 10_000;

/** `\x93NUMPY`. */
const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/**
 * Reads what precedes the header's text: magic, version and length.
 *
 * @param bytes The first {@link npyPrefixBytes} of a file, or all of it.
 * @returns Where the text lies and how it is encoded, or the broken rule.
 */
export const readNpyPrefix = (bytes: Uint8Array):
  | { readonly start: number; readonly end: number; readonly utf8: boolean }
  | BrokenRule => {
  if (magic.some((byte, i) => bytes[i] !== byte)) {
    return {
      rule: "a .npy file must begin with the bytes \\x93NUMPY",
      found: otherFile(bytes),
    };
  }
  const [major, minor] = [bytes[6], bytes[7]];
  if (!(major! >= 1 && major! <= 3) || minor !== 0) {
    return {
      rule: "the format must be of version 1.0, 2.0 or 3.0",
      found: bytes.length < 8 ? "the file ends before" : `${major}.${minor}`,
    };
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) {
    return { rule: "the file must hold its header", found: "it ends before" };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = major === 1
    ? view.getUint16(8, true)
    : view.getUint32(8, true);
  if (length > maxHeaderBytes) {
    return {
      rule: `the header must have at most ${maxHeaderBytes} bytes`,
      found: `${length}`,
    };
  }
  return { start, end: start + length, utf8: major === 3 };
};

const otherFile = (bytes: Uint8Array): string => {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    return "a .npz archive; save one of its arrays with numpy.save";
  }
  if (bytes.length === 0) return "an empty file";
  const start = String.fromCharCode(...bytes.subarray(0, magic.length));
  return JSON.stringify(start);
};

/**
 * Reads the dictionary of a header.
 *
 * @param text The header's text.
 * @returns The header, or the broken rule.
 */
export const parseNpyHeader = (text: string): NpyHeader | BrokenRule => {
  const found = text.trim().slice(0, 200);
  if (/["']descr["']\s*:\s*\[/.test(text)) {
    return { rule: "an element must be one number, without fields", found };
  }
  const { descr, fortran_order: fortranOrder, shape } = entriesOf(text) ?? {};
  if (
    typeof descr === "string" && typeof fortranOrder === "boolean" &&
    Array.isArray(shape)
  ) return { descr, fortranOrder, shape };
  const rule = "the header must be a dictionary of descr, fortran_order " +
    "and shape, as numpy.save writes it";
  return { rule, found };
};

/** The entries of a dictionary, each once, in any order; nothing beside it. */
const entriesOf = (
  text: string,
): Readonly<Record<string, unknown>> | undefined => {
  const inner = /^\s*\{([^{}]*)\}\s*$/.exec(text)?.[1]?.trimEnd();
  if (inner === undefined) return undefined;
  const entries: Record<string, unknown> = {};
  entry.lastIndex = 0;
  while (entry.lastIndex < inner.length) {
    const groups = entry.exec(inner)?.groups;
    if (groups === undefined || groups["key"]! in entries) return undefined;
    const { key, text, order, axes } = groups;
    entries[key!] = text ??
      (order === undefined
        ? (axes!.match(/\d+/g) ?? []).map(Number)
        : order === "True");
  }
  return entries;
};

/** One entry of the dictionary; Python 2 wrote long integers with an L. */
const entry =
  /\s*(["'])(?<key>descr|fortran_order|shape)\1\s*:\s*(?:(["'])(?<text>[^"'\\]*)\3|(?<order>True|False)|\((?<axes>(?:\s*\d+L?\s*,)*(?:\s*\d+L?\s*)?)\))\s*(?:,|$)/y;

/**
 * Writes what precedes the values, byte for byte as `numpy.save` does.
 *
 * @param header What to say of the array.
 * @returns Magic, version 1.0 and the padded header: a multiple of 64 bytes.
 */
export const formatNpyHeader = (
  { descr, fortranOrder, shape }: NpyHeader,
): Uint8Array => {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const order = fortranOrder ? "True" : "False";
  // NumPy leaves room for the first axis to grow to 21 digits.
  const room = " ".repeat(Math.max(0, 21 - `${shape[0]}`.length));
  const text =
    `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${axes}), }` +
    room;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const prefix = Uint8Array.of(...magic, 1, 0, length & 0xff, length >> 8);
  const padded = new TextEncoder().encode(text.padEnd(length - 1) + "\n");
  const bytes = new Uint8Array(prefix.length + padded.length);
  bytes.set(prefix);
  bytes.set(padded, prefix.length);
  return bytes;
};
