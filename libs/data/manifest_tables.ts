/**
 * Manifests with columns: CSV with commas, semicolons (as spreadsheets write
 * where the comma is a decimal point) or tabs.
 *
 * @module
 */
import {
  columnsNamed,
  isHeader,
  type ManifestColumns,
  type ManifestFields,
} from "./manifest_columns.ts";
import type { ManifestEntries } from "./manifest_entries.ts";
import { csvReader, lineReader, type TextReader } from "./text_records.ts";

/**
 * A reader of a table.
 *
 * Lines that begin with `#` are passed over above the first record. That is a
 * header if it names a column that is asked for or known; otherwise its first
 * field must name an image, the first column holds the paths and there are no
 * labels. Records without any text, as spreadsheets leave them at the end, are
 * passed over.
 *
 * @param entries Takes what is read.
 * @param fields See {@link ManifestFields}.
 * @param delimiter Between fields. Default: a comma, or the semicolon or tab
 * at which the first line becomes a header.
 * @returns The reader.
 */
export const tableReader = (
  entries: ManifestEntries,
  fields: ManifestFields,
  delimiter?: string,
): TextReader => {
  let ahead = "";
  let records: TextReader | undefined;
  const begin = (atEnd: boolean) => {
    const top = topOf(ahead, atEnd);
    if (top === undefined) return;
    records = csvReader(
      {
        onRecord: recordReader(entries, fields),
        onProblem: (rule, line) => entries.reject(rule, "another text", line),
      },
      {
        delimiter: delimiter ?? top.delimiter ??
          delimiterOf(top.header, fields, entries),
        line: top.line,
      },
    );
    records.feed(ahead.slice(top.at));
    ahead = "";
  };
  return {
    feed: (text) => {
      if (records !== undefined) return records.feed(text);
      ahead += text;
      begin(false);
    },
    end: () => {
      if (records === undefined) begin(true);
      records?.end();
    },
  };
};

/** Where the first record begins, once its line is complete. */
const topOf = (text: string, atEnd: boolean) => {
  let at = 0;
  let delimiter: string | undefined;
  let top: {
    readonly at: number;
    readonly line: number;
    readonly header: string;
    readonly delimiter: string | undefined;
  } | undefined;
  const lines = lineReader((header, line) => {
    if (top !== undefined) return;
    const separator = /^"?sep=(.)"?$/i.exec(header)?.[1];
    if (separator !== undefined) delimiter = separator;
    else if (header.trim() !== "" && !header.startsWith("#")) {
      top = { at, line, header, delimiter };
    }
    at += header.length + lineEndAt(text, at + header.length);
  });
  lines.feed(text);
  if (atEnd) lines.end();
  return top;
};

const lineEndAt = (text: string, at: number): number =>
  text.startsWith("\r\n", at) ? 2 : 1;

/** A comma, unless another mark makes a header of the first line. */
const delimiterOf = (
  line: string,
  fields: ManifestFields,
  { isImage }: ManifestEntries,
): string => {
  const makesHeader = (mark: string) =>
    line.includes(mark) && isHeader(
      line.split(mark).map((name) => name.trim().replace(/^"(.*)"$/, "$1")),
      fields,
      isImage,
    );
  return [",", ";", "\t"].find(makesHeader) ?? ",";
};

/** What is known of a table after its first record. */
interface Table extends ManifestColumns {
  readonly names: readonly string[];
  readonly headerLine: number;
}

const recordReader = (entries: ManifestEntries, fields: ManifestFields) => {
  let table: Table | undefined;
  let path = -1;
  const columns = {
    path: () => columnName(table!.names, path),
    label: () => columnName(table!.names, table!.label),
  };
  return (record: readonly string[], line: number): void => {
    if (record.every((field) => field.trim() === "")) return;
    if (table === undefined) {
      const names = record.map((name) => name.trim());
      const header = isHeader(names, fields, entries.isImage);
      table = header
        ? tableOf(names, line, fields, entries)
        : headerless(names, line, fields, entries);
      if (header) return;
    }
    const { names } = table;
    if (record.length !== names.length) {
      const rule = record[0]!.startsWith("#")
        ? "a comment (#) must be above the first record"
        : `every record must have ${names.length} fields`;
      return entries.reject(rule, `${record.length} fields`, line);
    }
    if (path < 0) path = pathColumn(table, record, entries);
    if (path < 0) return;
    entries.add(record[path]!, record[table.label]?.trim(), line, columns);
  };
};

const tableOf = (
  names: readonly string[],
  headerLine: number,
  fields: ManifestFields,
  entries: ManifestEntries,
): Table => {
  for (const name of [fields.pathField, fields.labelField]) {
    if (name !== undefined && !names.includes(name)) {
      const rule = `the header must name the column "${name}"`;
      entries.reject(rule, names.join(", "), headerLine);
    }
  }
  const { pathField = "path", labelField = "label" } = fields;
  for (const name of [pathField, labelField]) {
    if (names.indexOf(name) === names.lastIndexOf(name)) continue;
    const rule = `the header must name the column "${name}" once`;
    entries.reject(rule, names.join(", "), headerLine);
  }
  return { ...columnsNamed(names, fields), names, headerLine };
};

const headerless = (
  record: readonly string[],
  line: number,
  fields: ManifestFields,
  entries: ManifestEntries,
): Table => {
  const [wanted] = [fields.pathField, fields.labelField]
    .filter((name) => name !== undefined);
  if (wanted !== undefined) {
    const rule = `the header must name the column "${wanted}"`;
    entries.reject(rule, record.join(", "), line);
  } else if (!entries.isImage(record[0]!)) {
    const rule = "the first line must name the columns, such as path,label " +
      "(a column of another name: --path-column; other marks between " +
      "columns: --manifest-format), or begin with an image's path";
    entries.reject(rule, record.join(", "), line);
  }
  // Without a header a column has no name, and its number says enough.
  const names = record.map(() => "");
  return { paths: [0], label: -1, names, headerLine: line };
};

/** The only column that can hold paths, by name or by its first value. */
const pathColumn = (
  { paths, names, headerLine }: Table,
  record: readonly string[],
  entries: ManifestEntries,
): number => {
  if (paths.length === 1) return paths[0]!;
  const images = paths.filter((at) => entries.isImage(record[at]!));
  if (images.length === 1) return images[0]!;
  const rule = "it must be plain which column holds the paths: name it with " +
    "--path-column";
  entries.reject(rule, names.join(", "), headerLine);
  return -1;
};

const columnName = (names: readonly string[], at: number): string =>
  names[at] === "" ? String(at + 1) : `${at + 1} (${names[at]})`;
