/**
 * The bytes of a pickle, read one opcode's operands at a time. Nothing is read
 * past the end: a cut-off pickle is noted as an error and yields zeros.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type Pickled, type PickleError, pickleError } from "./pickled.ts";

/** A pickle, and how far it has been read. */
export interface PickleReader {
  /** The pickle, and maybe what follows it. */
  readonly bytes: Uint8Array;
  /** Offset of the next byte. */
  at: number;
  /** The first broken rule; reading stops at it. */
  error: PickleError | undefined;
}

/**
 * Takes bytes.
 *
 * @param reader Moves on.
 * @param count How many.
 * @returns A view of them; empty when there are fewer, which is refused.
 */
export const take = (reader: PickleReader, count: number): Uint8Array => {
  const { at, bytes } = reader;
  if (!(count <= bytes.byteLength - at)) {
    reader.error ??= pickleError(
      "a pickle must not be cut off",
      `${count} bytes wanted at byte ${at} of ${bytes.byteLength}`,
    );
    return bytes.subarray(0, 0);
  }
  reader.at += count;
  return bytes.subarray(at, at + count);
};

/**
 * Takes an unsigned little-endian integer.
 *
 * @param reader Moves on.
 * @param width Bytes, at most 8.
 * @returns The integer, inexact from 2^53 on.
 */
export const unsigned = (reader: PickleReader, width: number): number =>
  take(reader, width).reduceRight((high, byte) => high * 256 + byte, 0);

/**
 * Takes a signed little-endian integer.
 *
 * @param reader Moves on.
 * @param width Bytes.
 * @returns A number where it is exact, else a bigint.
 */
export const signed = (
  reader: PickleReader,
  width: number,
): number | bigint => {
  const bytes = take(reader, width);
  const value = BigInt.asIntN(
    8 * bytes.byteLength,
    bytes.reduceRight((high, byte) => (high << 8n) | BigInt(byte), 0n),
  );
  const exact = Number(value);
  return Number.isSafeInteger(exact) ? exact : value;
};

/**
 * Takes a big-endian double.
 *
 * @param reader Moves on.
 * @returns The number.
 */
export const double = (reader: PickleReader): number => {
  const { buffer, byteOffset, byteLength } = take(reader, 8);
  return byteLength === 8
    ? new DataView(buffer, byteOffset, 8).getFloat64(0)
    : 0;
};

/**
 * Takes text of a given length.
 *
 * @param reader Moves on.
 * @param width Bytes that tell the length.
 * @param encoding `latin1` for the byte strings of Python 2.
 * @returns The text; malformed UTF-8 shows as U+FFFD.
 */
export const text = (
  reader: PickleReader,
  width: number,
  encoding: "utf-8" | "latin1",
): Pickled => {
  const bytes = take(reader, unsigned(reader, width));
  // What the Encoding Standard calls latin1 is windows-1252.
  return encoding === "latin1"
    ? Buffer.from(bytes).toString("latin1")
    : new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
};

/**
 * Takes a line.
 *
 * @param reader Moves on, past the line feed.
 * @returns The line without it.
 */
export const line = (reader: PickleReader): string => {
  const { at, bytes } = reader;
  const end = bytes.subarray(at, at + longestLine).indexOf(0x0a);
  if (end < 0) {
    reader.error ??= pickleError(
      "a name in a pickle must end",
      `none of the ${longestLine} bytes from byte ${at} is a line feed`,
    );
    return "";
  }
  const characters = take(reader, end);
  reader.at += 1;
  return new TextDecoder("latin1").decode(characters);
};

/** Names of modules and functions are shorter. */
const longestLine = 256;
