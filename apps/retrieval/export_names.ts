/**
 * Names of files and folders that every file system takes, and that lead
 * nowhere else.
 *
 * @module
 */
import { extname } from "node:path";

const encoder = new TextEncoder();

/** Bytes of a name, at most; file systems take 255. */
const maxBytes = 150;

/** Names that Windows keeps for devices. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Makes a name safe: no separators, no control characters, none of the
 * characters that Windows refuses, not hidden, not too long.
 *
 * @param text Any text.
 * @returns A name, never empty, `.` or `..`.
 */
export const safeName = (text: string): string => {
  const plain = text.normalize("NFC")
    .replace(/[\p{Cc}\p{Cs}<>:"/\\|?*]/gu, "_")
    .replace(/^[. ]+|[. ]+$/g, "");
  const named = plain === "" ? "_" : devices.test(plain) ? `_${plain}` : plain;
  if (encoder.encode(named).length <= maxBytes) return named;
  const extension = extname(named).slice(0, 10);
  let stem = named.slice(0, -extension.length || undefined);
  while (encoder.encode(stem + extension).length > maxBytes) {
    stem = [...stem].slice(0, -1).join("");
  }
  return stem + extension;
};

/**
 * Makes names safe and different, also where upper and lower case are the
 * same.
 *
 * @returns Gives a name its safe form; the second of a kind ends in `-2`.
 */
export const uniqueNames = (): (text: string) => string => {
  const taken = new Set<string>();
  return (text) => {
    const name = safeName(text);
    const extension = extname(name);
    const stem = name.slice(0, -extension.length || undefined);
    let unique = name;
    for (let i = 2; taken.has(unique.toLowerCase()); i++) {
      unique = `${stem}-${i}${extension}`;
    }
    taken.add(unique.toLowerCase());
    return unique;
  };
};
