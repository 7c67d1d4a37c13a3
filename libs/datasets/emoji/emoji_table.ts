/**
 * The table beside rendered emoji: `emoji.csv`, written last, so that a
 * folder that has it is finished.
 *
 * Columns: path, set, codepoints, name, group, subgroup. Quoting as in RFC
 * 4180, lines end in a line feed.
 *
 * @module
 */
import { codeOf } from "@deepcluster/core";
import { csvReader } from "@deepcluster/data";
import { Effect } from "effect";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LeftOutDrawing } from "./emoji_drawings.ts";
import { EmojiFolderError } from "./emoji_errors.ts";
import { attempt, writeWhole } from "./emoji_files.ts";

/** One rendered image. */
export interface EmojiRow {
  /** `images/64px/noto/1f600-grinning-face.png`, below the folder. */
  readonly path: string;
  /** The artist's set. */
  readonly set: string;
  /** The emoji, in hexadecimal without variation selectors. */
  readonly codepoints: string;
  /** Unicode's short name. */
  readonly name: string;
  /** Unicode's group, one of 9. */
  readonly group: string;
  /** Unicode's subgroup, one of 98. */
  readonly subgroup: string;
}

/** Names of the tables in the folder. */
export const emojiTables = {
  images: "emoji.csv",
  leftOut: "left_out.csv",
} as const;

const imageColumns = [
  "path",
  "set",
  "codepoints",
  "name",
  "group",
  "subgroup",
] as const;

const leftOutColumns = ["set", "drawing", "reason", "detail"] as const;

/**
 * Reads the table of a finished folder.
 *
 * @param folder The folder.
 * @returns The rows, or undefined when there is no table, or
 * `EmojiFolderError` when it cannot be read or is no such table.
 */
export const readEmojiTable = (
  folder: string,
): Effect.Effect<readonly EmojiRow[] | undefined, EmojiFolderError> =>
  readTable(join(folder, emojiTables.images), imageColumns);

/**
 * Reads the drawings that a finished folder does not show.
 *
 * @param folder The folder.
 * @returns The rows, or undefined when there is no table, or
 * `EmojiFolderError`.
 */
export const readLeftOutTable = (
  folder: string,
): Effect.Effect<
  readonly Record<keyof LeftOutDrawing, string>[] | undefined,
  EmojiFolderError
> => readTable(join(folder, emojiTables.leftOut), leftOutColumns);

/**
 * Writes both tables, the one that marks the folder as finished last. Each
 * appears under its name only when all of it is on disk.
 *
 * @param folder The folder.
 * @param images Rows of `emoji.csv`.
 * @param leftOut Rows of `left_out.csv`.
 * @returns Nothing, or `EmojiFolderError`.
 */
export const writeEmojiTables = (
  folder: string,
  images: readonly EmojiRow[],
  leftOut: readonly LeftOutDrawing[],
): Effect.Effect<void, EmojiFolderError> =>
  writeTable(join(folder, emojiTables.leftOut), leftOutColumns, leftOut).pipe(
    Effect.andThen(
      writeTable(join(folder, emojiTables.images), imageColumns, images),
    ),
  );

/** Rows as CSV, quoted where a value holds a comma, quote or line break. */
const formatCsv = <K extends string>(
  columns: readonly K[],
  rows: readonly Record<K, string>[],
): string =>
  [
    columns.join(","),
    ...rows.map((row) =>
      columns.map((column) => {
        const value = row[column];
        return /[",\r\n]/.test(value)
          ? `"${value.replaceAll('"', '""')}"`
          : value;
      }).join(",")
    ),
    "",
  ].join("\n");

/** The rows of a table, or undefined where there is none. */
const readTable = Effect.fnUntraced(function* <K extends string>(
  path: string,
  columns: readonly K[],
): Effect.fn.Return<Record<K, string>[] | undefined, EmojiFolderError> {
  const text = yield* attempt("read", path, () => readIfThere(path));
  if (text === undefined) return undefined;
  const records: (readonly string[])[] = [];
  let sound = true;
  const reader = csvReader({
    onRecord: (record) => {
      sound &&= record.length === columns.length;
      records.push(record);
    },
    onProblem: () => sound = false,
  });
  reader.feed(text);
  reader.end();
  if (!sound || records[0]?.join() !== columns.join()) {
    const reason = `each line must hold ${columns.join(", ")}`;
    return yield* new EmojiFolderError({ action: "read", path, reason });
  }
  return records.slice(1).map((record) =>
    Object.fromEntries(
      columns.map((column, index) => [column, record[index]]),
    ) as Record<K, string>
  );
});

const readIfThere = (path: string): Promise<string | undefined> =>
  readFile(path, "utf8").catch((error) =>
    codeOf(error) === "ENOENT" ? undefined : Promise.reject(error)
  );

const writeTable = <K extends string>(
  path: string,
  columns: readonly K[],
  rows: readonly Record<K, string>[],
): Effect.Effect<void, EmojiFolderError> =>
  writeWhole(path, formatCsv(columns, rows), true);
