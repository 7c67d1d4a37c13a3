/**
 * The header of a safetensors file, checked rule by rule before anything is
 * read through it.
 *
 * Reference: https://huggingface.co/docs/safetensors (format section).
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import { Effect } from "effect";
import { SafetensorsError } from "./errors.ts";

/** Bytes of one element. */
export const widthOf = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F4: 0.5,
  F6_E2M3: 0.75,
  F6_E3M2: 0.75,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  C64: 8,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

/** Where one tensor lies and what its bytes mean. */
export interface Entry {
  /** Type of an element. */
  readonly dtype: keyof typeof widthOf;
  /** Sizes. */
  readonly shape: readonly number[];
  /** First byte and the byte after the last, from the first of all tensors. */
  readonly data_offsets: readonly [number, number];
}

/** A header that keeps every rule. */
export interface Header {
  /** Words about the tensors. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensors by name, in the file's order of names. */
  readonly entries: ReadonlyArray<readonly [name: string, entry: Entry]>;
  /** Offset in the file of the tensors' memory. */
  readonly dataStart: number;
}

/** The reference implementation's own limit. */
const maxHeaderBytes = 100_000_000;

/**
 * Reads and checks a header.
 *
 * @param path Where the bytes come from, for messages.
 * @param bytes The entire file.
 * @returns The header, or `SafetensorsError` with the first broken rule.
 */
export const readHeader: (
  path: string,
  bytes: Uint8Array,
) => Effect.Effect<Header, SafetensorsError> = Effect.fnUntraced(function* (
  path,
  bytes,
) {
  const text = yield* headerText(path, bytes);
  const dataStart = 8 + text.bytes;
  const { __metadata__ = {}, ...rest } = yield* parse(path, text.json);
  const wrongWords = brokenMetadata(__metadata__);
  if (wrongWords !== undefined) {
    return yield* broken(path, "metadata must be words", wrongWords);
  }
  const entries: Array<[string, Entry]> = [];
  for (const [name, value] of Object.entries(rest)) {
    const wrong = brokenEntry(value);
    if (wrong !== undefined) {
      const rule = "a tensor must have a type of safetensors, a shape and " +
        "two offsets";
      return yield* broken(path, rule, `${name}: ${wrong}`);
    }
    entries.push([name, value as Entry]);
  }
  yield* checkLayout(path, entries, bytes.byteLength - dataStart);
  const metadata = __metadata__ as Header["metadata"];
  return { metadata, entries, dataStart };
});

// Plain checks: every command opens this module, and few of them read tensors.

const brokenMetadata = (value: unknown): string | undefined => {
  if (!isObject(value)) return `must be an object (was ${shown(value)})`;
  for (const [name, word] of Object.entries(value)) {
    if (typeof word === "string") continue;
    return `${name} must be a string (was ${shown(word)})`;
  }
};

const brokenEntry = (value: unknown): string | undefined => {
  if (!isObject(value)) return `must be an object (was ${shown(value)})`;
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(widthOf, dtype)) {
    const types = Object.keys(widthOf).join(", ");
    return `dtype must be one of ${types} (was ${shown(dtype)})`;
  }
  if (!areCounts(shape)) {
    return `shape must be integers >= 0 (was ${shown(shape)})`;
  }
  if (!areCounts(offsets) || offsets.length !== 2) {
    return `data_offsets must be two integers >= 0 (was ${shown(offsets)})`;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const areCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.every((count) => Number.isInteger(count) && count >= 0);

const shown = (value: unknown): string =>
  value === undefined ? "missing" : JSON.stringify(value).slice(0, 60);

/**
 * A rule of the format that a file breaks.
 *
 * @param path The file.
 * @param rule What must hold.
 * @param found The present value.
 * @returns The error, to fail with.
 */
export const broken = (
  path: string,
  rule: string,
  found: string,
): SafetensorsError =>
  new SafetensorsError({ action: "read", path, rule, found });

const headerText = Effect.fnUntraced(function* (
  path: string,
  file: Uint8Array,
) {
  const size = file.byteLength;
  if (size < 8) {
    const rule = "a header length of 8 bytes must stand first";
    return yield* broken(path, rule, `the file has ${size} bytes`);
  }
  const view = new DataView(file.buffer, file.byteOffset, size);
  const bytes = Number(view.getBigUint64(0, true));
  if (bytes > maxHeaderBytes) {
    const rule = `a header must have at most ${maxHeaderBytes} bytes`;
    return yield* broken(path, rule, `${bytes}`);
  }
  if (bytes > size - 8) {
    const found = `a header of ${bytes} bytes in a file of ${size}`;
    return yield* broken(path, "the file must not be cut off", found);
  }
  const json = yield* Effect.try({
    try: () =>
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(file.subarray(8, 8 + bytes)),
    catch: () => broken(path, "the header must be UTF-8", "other bytes"),
  });
  return { json, bytes };
});

const parse = Effect.fnUntraced(function* (path: string, json: string) {
  const refused = broken(
    path,
    "the header must be a JSON object",
    JSON.stringify(json.slice(0, 40)),
  );
  if (!json.startsWith("{")) return yield* refused;
  const header = yield* Effect.try({
    try: () => JSON.parse(json) as Record<string, unknown>,
    catch: () => refused,
  });
  const twice = repeatedName(json);
  if (twice === undefined) return header;
  return yield* broken(path, "a name must stand once in the header", twice);
});

/** JSON.parse keeps the last of equal names in silence; this finds it. */
const repeatedName = (json: string): string | undefined => {
  const names = new Set<string>();
  let depth = 0;
  const tokens = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[[{]|[\]}]/g;
  for (const [token, text, colon] of json.matchAll(tokens)) {
    if (text !== undefined) {
      if (depth !== 1 || colon === undefined) continue;
      const name: string = JSON.parse(text);
      if (names.has(name)) return name;
      names.add(name);
    } else depth += token === "{" || token === "[" ? 1 : -1;
  }
  return undefined;
};

/** Tensors must cover the data from its first byte to its last, once each. */
const checkLayout = Effect.fnUntraced(function* (
  path: string,
  entries: Header["entries"],
  dataBytes: number,
) {
  const inOrder = entries.toSorted(([, a], [, b]) =>
    a.data_offsets[0] - b.data_offsets[0] ||
    a.data_offsets[1] - b.data_offsets[1]
  );
  let covered = 0;
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of inOrder) {
    const found = `${name} has ${dtype} [${shape}] at bytes ${start} to ${end}`;
    if (start !== covered) {
      const rule = "tensors must follow each other without gap or overlap";
      return yield* broken(path, rule, `${found}, expected from ${covered}`);
    }
    if (end - start !== sizeOf(shape) * widthOf[dtype]) {
      const rule = "offsets must agree with type and shape";
      return yield* broken(path, rule, found);
    }
    covered = end;
  }
  if (covered > dataBytes) {
    const found = `${dataBytes} bytes of tensors, expected ${covered}`;
    return yield* broken(path, "the file must not be cut off", found);
  }
  if (covered < dataBytes) {
    const found = `${dataBytes - covered} bytes after the last tensor`;
    return yield* broken(path, "tensors must fill the file", found);
  }
});
