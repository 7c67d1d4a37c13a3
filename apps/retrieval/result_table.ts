/**
 * Results as tables: CSV and JSON Lines, for files and standard output.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import {
  requireWritable,
  type StorageError,
  writeDurably,
} from "@deepcluster/storage";
import { fromHere, shown } from "@deepcluster/terminal";
import { Effect, Option, type Stream } from "effect";
import { extname } from "node:path";

/** A row of a table; undefined is written as nothing. */
export type ResultRow = Readonly<
  Record<string, string | number | boolean | undefined>
>;

/** How a table is written. */
export type TableFormat = "csv" | "jsonl" | "txt";

/** A file for a table. */
export interface TableFile {
  /** Absolute path. */
  readonly path: string;
  /** By its extension. */
  readonly format: TableFormat;
}

/**
 * Reads the flag, before any work.
 *
 * @param out Value of `--out`.
 * @returns The file, undefined when it was not named, or `OptionError`, or
 * `StorageError` when it cannot be written.
 */
export const tableFileOf = Effect.fnUntraced(function* (
  out: Option.Option<string>,
): Effect.fn.Return<TableFile | undefined, OptionError | StorageError> {
  if (Option.isNone(out)) return undefined;
  const path = fromHere(out.value);
  const format = (["csv", "jsonl", "txt"] as const)
    .find((format) => extname(path).toLowerCase() === `.${format}`);
  if (format !== undefined) {
    yield* requireWritable(path, "file");
    return { path, format };
  }
  return yield* new OptionError({
    action: "write the results",
    option: "out",
    rule: "a file ending in .csv, .jsonl or .txt",
    value: out.value,
  });
});

/**
 * Says that rows were left out of what is printed.
 *
 * @param rows How many there are.
 * @param top How many are printed at most.
 * @returns The line, or none.
 */
export const restLines = (rows: number, top: number): readonly string[] =>
  rows > top
    ? [`… and ${rows - top} more; --top prints more, --out writes all`]
    : [];

/**
 * Writes a row as a line.
 *
 * @param columns Names of the columns, in order.
 * @param format How.
 * @param row The row.
 * @returns The line with its end. CSV as in RFC 4180; a text has the column
 * `path` only.
 */
export const lineOf = (
  columns: readonly string[],
  format: TableFormat,
  row: ResultRow,
): string =>
  format === "jsonl"
    ? JSON.stringify(row) + "\n"
    : format === "csv"
    ? columns.map((column) => cellOf(row[column])).join(",") + "\n"
    : `${row["path"]}\n`;

const cellOf = (value: ResultRow[string]): string => {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/**
 * The first line of a table.
 *
 * @param columns Names of the columns.
 * @param format How.
 * @returns Their names for CSV, otherwise nothing.
 */
export const headerOf = (
  columns: readonly string[],
  format: TableFormat,
): string => format === "csv" ? columns.map(cellOf).join(",") + "\n" : "";

/**
 * Writes a table that is in memory; the file is there as a whole or not at all.
 *
 * @param file The file.
 * @param columns Names of the columns.
 * @param rows The rows.
 * @returns Nothing, or `StorageError`.
 */
export const writeTableFile = Effect.fnUntraced(function* (
  { path, format }: TableFile,
  columns: readonly string[],
  rows: Iterable<ResultRow>,
): Effect.fn.Return<void, StorageError> {
  const encoder = new TextEncoder();
  const lines = function* () {
    yield encoder.encode(headerOf(columns, format));
    for (const row of rows) yield encoder.encode(lineOf(columns, format, row));
  };
  yield* writeDurably(path, lines());
  yield* Effect.logInfo(`Wrote ${shown(path)}`);
});

/**
 * Writes a table while its rows are computed.
 *
 * @param file The file.
 * @param lines Its lines, the header among them.
 * @returns Nothing, or `StorageError`, or the error of the stream.
 */
export const writeTableStream = <E>(
  { path }: TableFile,
  lines: Stream.Stream<Uint8Array, E>,
): Effect.Effect<void, StorageError | E> =>
  Effect.andThen(
    writeDurably(path, lines),
    Effect.logInfo(`Wrote ${shown(path)}`),
  );
