/**
 * Text files of a VOC folder: image sets and annotations.
 *
 * Bytes that are no text of the encoding would become one and the same
 * replacement character, and different names one name, so they are refused.
 *
 * @module
 */
import { Effect } from "effect";
import { readFile } from "node:fs/promises";
import { VocFolderError } from "./errors.ts";

/** A line that is not blank. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Without spaces around it. */
  readonly text: string;
}

/**
 * Reads a text file as UTF-8, or as a declaration of XML or a byte order mark
 * says.
 *
 * @param path Of the file.
 * @param rule What must hold for it to be readable, for the error.
 * @returns The text without a byte order mark, or `VocFolderError`.
 */
export const readVocText = (
  path: string,
  rule: string,
): Effect.Effect<string, VocFolderError> => {
  const refuse = (found: string) => new VocFolderError({ path, rule, found });
  return Effect.tryPromise({
    try: () => readFile(path),
    catch: (cause) =>
      refuse(cause instanceof Error ? cause.message : String(cause)),
  }).pipe(
    Effect.flatMap((bytes) => {
      const encoding = encodingOf(bytes);
      return Effect.try({
        try: () => new TextDecoder(encoding, { fatal: true }).decode(bytes),
        catch: () => refuse(`bytes that are no text in ${encoding}`),
      });
    }),
  );
};

/** What a byte order mark or a declaration of XML says; UTF-8 by default. */
const encodingOf = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "UTF-16LE";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "UTF-16BE";
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  const declared = /^<\?xml[^>]*\sencoding=["']([\w.:-]+)["']/.exec(start);
  return declared?.[1] ?? "UTF-8";
};

/**
 * Splits a text at its line ends, of any kind.
 *
 * @param text The text.
 * @returns The lines that are not blank.
 */
export const textLines = (text: string): readonly TextLine[] =>
  text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    const trimmed = line.trim();
    return trimmed === "" ? [] : [{ number: index + 1, text: trimmed }];
  });
