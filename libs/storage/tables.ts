/**
 * Tables that a person can open: tab-separated text with a line of column
 * names first.
 *
 * In a cell, `\t`, `\n`, `\r` and `\\` stand for tab, line feed, carriage
 * return and backslash (as in IANA's text/tab-separated-values with the
 * escapes of PostgreSQL's COPY); everything else is written as it is, in UTF-8.
 * Lone surrogates, which have no UTF-8, become U+FFFD.
 *
 * @module
 */
import { Effect } from "effect";
import type { ArtifactRef, CheckpointStore } from "./artifacts.ts";
import { type StorageError, TableError } from "./errors.ts";

/** Bytes of a written chunk and of a read block. */
const blockBytes = 1 << 20;

/**
 * Writes a table row by row; a million rows take little memory.
 *
 * @param store Where to.
 * @param path Path in the store, ending in `.tsv`.
 * @param columns Names of the columns.
 * @param rows One text a column. May be a generator; used once.
 * @returns The file's reference, or `StorageError`.
 */
export const writeTable: (
  store: CheckpointStore["Service"],
  path: string,
  columns: ReadonlyArray<string>,
  rows: Iterable<ReadonlyArray<string>>,
) => Effect.Effect<ArtifactRef, StorageError> = Effect.fn("writeTable")(
  function* (
    store,
    path,
    columns,
    rows,
  ) {
    return yield* store.put(path, encodeRows(columns, rows));
  },
);

/** What {@link readTable} fails with. */
export type ReadTableError = StorageError | TableError;

/**
 * Reads a table block by block, and hands over its rows.
 *
 * @param store Where from.
 * @param path Path in the store.
 * @param columns Names that the columns must have, in this order.
 * @param each Called for every row, in order, with one text a column.
 * @returns The number of rows, or `TableError` when the columns or a row are
 * not as they must be, or `StorageError`.
 */
export const readTable: (
  store: CheckpointStore["Service"],
  path: string,
  columns: ReadonlyArray<string>,
  each: (row: ReadonlyArray<string>) => void,
) => Effect.Effect<number, ReadTableError> = Effect.fn("readTable")(function* (
  store,
  path,
  columns,
  each,
) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  let line = 0;
  for (let start = 0, ended = false; !ended;) {
    const block = yield* store.read(path, { start, bytes: blockBytes });
    start += block.byteLength;
    ended = block.byteLength < blockBytes;
    const lines = (rest + decoder.decode(block, { stream: !ended })).split(
      "\n",
    );
    rest = lines.pop()!;
    for (const text of lines) {
      line++;
      const cells = text.split("\t").map(unescaped);
      const refused = line === 1
        ? wrongHeader(columns, cells)
        : wrongRow(columns, cells);
      if (refused) {
        return yield* new TableError({
          path: store.pathOf(path),
          line,
          ...refused,
        });
      }
      if (line > 1) each(cells);
    }
  }
  if (rest === "" && line > 0) return line - 1;
  return yield* new TableError({
    path: store.pathOf(path),
    line: line + 1,
    rule: "every line must end with a line feed",
    found: rest === "" ? "an empty file" : "a line that is cut off",
  });
});

const encodeRows = function* (
  columns: ReadonlyArray<string>,
  rows: Iterable<ReadonlyArray<string>>,
): Iterable<Uint8Array> {
  const encoder = new TextEncoder();
  let text = lineOf(columns);
  for (const row of rows) {
    text += lineOf(row);
    if (text.length < blockBytes) continue;
    yield encoder.encode(text);
    text = "";
  }
  yield encoder.encode(text);
};

const lineOf = (cells: ReadonlyArray<string>): string =>
  cells.map(escaped).join("\t") + "\n";

const escapes: Record<string, string> = {
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\\": "\\\\",
};

const characters: Record<string, string> = Object.fromEntries(
  Object.entries(escapes).map(([character, escape]) => [escape, character]),
);

const escaped = (cell: string): string =>
  cell.replace(/[\t\n\r\\]/g, (character) => escapes[character]!);

const unescaped = (cell: string): string =>
  cell.replace(/\\[tnr\\]/g, (escape) => characters[escape]!);

const wrongHeader = (
  columns: ReadonlyArray<string>,
  found: ReadonlyArray<string>,
) =>
  columns.join("\t") === found.join("\t") ? undefined : {
    rule: `the columns must be ${columns.join(", ")}`,
    found: found.join(", "),
  };

const wrongRow = (
  columns: ReadonlyArray<string>,
  found: ReadonlyArray<string>,
) =>
  columns.length === found.length ? undefined : {
    rule: `a row must have ${columns.length} cells`,
    found: `${found.length}`,
  };
