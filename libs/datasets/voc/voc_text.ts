/**
 * Text files of a VOC folder: image sets and annotations.
 *
 * Bytes that are no text of the encoding would become one and the same
 * replacement character, and different names one name, so names with such
 * bytes are refused.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { shownText, utf8Text, wasUtf8 } from "@deepcluster/data";
import { Effect } from "effect";
import { readFile } from "node:fs/promises";
import { VocFolderError, VocLineError } from "./errors.ts";

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
 * @returns The text without a byte order mark, its bytes that are no UTF-8 as
 * `utf8Text` has them; or `VocFolderError`.
 */
export const readVocText = (
  path: string,
  rule: string,
): Effect.Effect<string, VocFolderError> => {
  const refuse = (found: string) => new VocFolderError({ path, rule, found });
  return Effect.tryPromise({
    try: () => readFile(path),
    catch: (cause) => refuse(messageOf(cause)),
  }).pipe(
    Effect.flatMap((bytes) => {
      const encoding = encodingOf(bytes);
      if (/^utf-?8$/i.test(encoding)) return Effect.succeed(utf8Text(bytes));
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

/** What {@link readVocLines} fails with. */
export type ReadVocLinesError = VocFolderError | VocLineError;

/**
 * Reads the lines of an image set that are not blank, with line ends of any
 * kind.
 *
 * @param path Of the file.
 * @param rule What must hold for it to be readable, for the error.
 * @returns The lines, or `VocFolderError`, or `VocLineError` when one is not in
 * UTF-8.
 */
export const readVocLines: (
  path: string,
  rule: string,
) => Effect.Effect<readonly TextLine[], ReadVocLinesError> = Effect.fnUntraced(
  function* (
    path,
    rule,
  ) {
    const text = yield* readVocText(path, rule);
    const lines = text.split(/\r\n|\n|\r/).flatMap(
      (line, index): TextLine[] => {
        const trimmed = line.trim();
        return trimmed === "" ? [] : [{ number: index + 1, text: trimmed }];
      },
    );
    const fault = lines.find(({ text }) => !wasUtf8(text));
    if (fault === undefined) return lines;
    return yield* new VocLineError({
      file: path,
      line: fault.number,
      problem: `image must be in UTF-8 (was "${shownText(fault.text)}")`,
    });
  },
);
