/**
 * Keys made of plain data: what is kept under a key was made from exactly
 * these inputs.
 *
 * @module
 */
import { canonicalJson } from "./canonical_json.ts";
import { sha256Of } from "./reading.ts";

/**
 * Returns a key for plain data.
 *
 * @param plain What the key is for; the order of its fields does not count.
 * @returns 24 hexadecimal digits.
 */
export const keyOf = (plain: unknown): string =>
  sha256Of(encoded(canonicalJson(plain))).slice(0, 24);

/**
 * Encodes text as UTF-8.
 *
 * @param text Any text.
 * @returns Its bytes.
 */
export const encoded = (text: string): Uint8Array =>
  new TextEncoder().encode(text);

/**
 * Views numbers as bytes, in the order of this machine.
 *
 * @param numbers Numbers; they are not copied.
 * @returns Their bytes.
 */
export const bytesOf = (
  { buffer, byteOffset, byteLength }: Float32Array | Int32Array,
): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);
