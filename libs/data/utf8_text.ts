/**
 * Text out of bytes that ought to be UTF-8, so that what is not can be refused
 * where it stands.
 *
 * A byte that is no part of UTF-8 becomes the lone surrogate U+DC00 + byte, as
 * Python's `surrogateescape` does: UTF-8 holds no surrogates, so the byte can
 * be told, and shown, after lines and columns are parted.
 *
 * @module
 */

/** Decodes the bytes of one file, piece by piece. */
export interface Utf8Decoder {
  /**
   * Decodes the next piece.
   *
   * @param bytes The piece.
   * @param last Whether it is the last; it may be empty.
   * @returns Its text, without the file's byte order mark; a character that
   * the piece cuts comes with the next.
   */
  readonly decode: (bytes: Uint8Array, last: boolean) => string;
}

/** Begins to decode a file. */
export const utf8Decoder = (): Utf8Decoder => {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  let cut = new Uint8Array(0);
  let begun = false;
  return {
    decode: (bytes, last) => {
      const all = cut.length === 0 ? bytes : joined(cut, bytes);
      const end = last ? all.length : all.length - cutBytesOf(all);
      cut = all.slice(end);
      const complete = all.subarray(0, end);
      const text = utf8.decode(complete);
      // The mark of what cannot be decoded; a file can hold it as well.
      const checked = text.includes("\uFFFD") ? escaped(complete, utf8) : text;
      const first = !begun && checked !== "";
      begun ||= first;
      return first && checked.startsWith("\uFEFF") ? checked.slice(1) : checked;
    },
  };
};

/**
 * Decodes the bytes of an entire file.
 *
 * @param bytes Of the file.
 * @returns Its text, without a byte order mark.
 */
export const utf8Text = (bytes: Uint8Array): string =>
  utf8Decoder().decode(bytes, true);

/**
 * Whether text was UTF-8, and is complete.
 *
 * @param text Out of a {@link utf8Decoder}.
 * @returns False where a byte was no UTF-8 or a zero, of which text in UTF-16
 * is full, or where U+FFFD says that an earlier program lost a character.
 */
export const wasUtf8 = (text: string): boolean => !lost.test(text);

/**
 * Whether a file is in UTF-16 (or UTF-32), by its byte order mark or by the
 * zero that is half of its first letter.
 *
 * @param bytes Of the file's beginning.
 * @returns Whether it cannot be UTF-8 for that.
 */
export const isUtf16 = (bytes: Uint8Array): boolean => {
  const [first, second] = bytes;
  return first === 0xFF && second === 0xFE ||
    first === 0xFE && second === 0xFF ||
    first === 0 || second === 0;
};

/**
 * Text for a message: bytes that are no UTF-8 as `\xe1`, and no more than a
 * line of it.
 *
 * @param text Out of a {@link utf8Decoder}.
 * @returns The text to show.
 */
export const shownText = (text: string): string => {
  const cut = text.length > shownLength
    ? `${text.slice(0, shownLength)}…`
    : text;
  return cut.replace(
    lostBytes,
    (byte) =>
      byte === "\0"
        ? "\\x00"
        : `\\x${(byte.charCodeAt(0) - escapeFrom).toString(16)}`,
  );
};

const shownLength = 200;
const escapeFrom = 0xDC00;

/** A lone low surrogate is a byte: a pair is one character to these. */
const lost = /[\0\uDC80-\uDCFF\uFFFD]/u;
const lostBytes = /[\0\uDC80-\uDCFF]/gu;

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
};

/** Bytes at the end that begin a character which more bytes may complete. */
const cutBytesOf = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xC0) return lengthFrom(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
};

const lengthFrom = (lead: number): number =>
  lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

/** Decodes what is UTF-8, and escapes the other bytes one by one. */
const escaped = (bytes: Uint8Array, utf8: TextDecoder): string => {
  let text = "";
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = characterAt(bytes, at, utf8);
    if (length === 0) {
      text += utf8.decode(bytes.subarray(from, at)) +
        String.fromCharCode(escapeFrom + bytes[at]!);
      from = at + 1;
    }
    at += Math.max(1, length);
  }
  return text + utf8.decode(bytes.subarray(from));
};

/** Bytes of the character at a position, 0 where there is none in UTF-8. */
const characterAt = (
  bytes: Uint8Array,
  at: number,
  utf8: TextDecoder,
): number => {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xC0) return 0;
  const character = bytes.subarray(at, at + lengthFrom(lead));
  const text = utf8.decode(character);
  if (text !== "\uFFFD") return text.includes("\uFFFD") ? 0 : character.length;
  // U+FFFD itself, or one mark for all of a cut character.
  return character.length === 3 && lead === 0xEF && character[1] === 0xBF &&
      character[2] === 0xBD
    ? 3
    : 0;
};
