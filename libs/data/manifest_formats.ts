/**
 * The three formats of a manifest: a text list, CSV and JSONL.
 *
 * @module
 */
import { type } from "arktype";
import type { ManifestEntries } from "./manifest_entries.ts";
import { csvReader, lineReader, type TextReader } from "./text_records.ts";

/** How a manifest is written. */
export type ManifestFormat = "text" | "csv" | "jsonl";

/** Which parts of a record are read. */
export interface ManifestFields {
  /** Column or key of the path; if absent, `path`, or CSV's first column. */
  readonly pathField?: string;
  /**
   * Column or key of the label. If absent, `label`, where a record has it;
   * if given, the header of a CSV file must name it.
   */
  readonly labelField?: string;
}

/**
 * A reader of one format.
 *
 * @param format How the manifest is written.
 * @param entries Takes what is read.
 * @param fields See {@link ManifestFields}.
 * @returns The reader.
 */
export const manifestReader = (
  format: ManifestFormat,
  entries: ManifestEntries,
  fields: ManifestFields,
): TextReader => readers[format](entries, fields);

const readers: Record<
  ManifestFormat,
  (entries: ManifestEntries, fields: ManifestFields) => TextReader
> = {
  /** One path a line; empty lines are passed over. */
  text: (entries) =>
    lineReader((line, number) => {
      if (line !== "") entries.add(line, undefined, number);
    }),

  /**
   * With a header if the first record names the path's or the label's column;
   * otherwise the first column holds the path and there are no labels.
   */
  csv: (entries, { pathField, labelField }) => {
    let columns = -1;
    let pathColumn = -1;
    let labelColumn = -1;
    const isHeader = (record: readonly string[], line: number): boolean => {
      columns = record.length;
      pathColumn = record.indexOf(pathField ?? "path");
      labelColumn = record.indexOf(labelField ?? "label");
      for (const wanted of [pathField, labelField]) {
        if (wanted !== undefined && !record.includes(wanted)) {
          const rule = `the header must name the column "${wanted}"`;
          entries.reject(rule, record.join(","), line);
        }
      }
      return pathColumn >= 0 || labelColumn >= 0;
    };
    return csvReader({
      onRecord: (record, line) => {
        if (columns < 0 && isHeader(record, line)) return;
        if (record.length !== columns) {
          const rule = `every record must have ${columns} fields`;
          return entries.reject(rule, `${record.length} fields`, line);
        }
        entries.add(
          record[Math.max(pathColumn, 0)]!,
          record[labelColumn],
          line,
        );
      },
      onProblem: (rule, line) => entries.reject(rule, "another text", line),
    });
  },

  /** One JSON object a line; empty lines are passed over. */
  jsonl: (entries, { pathField = "path", labelField = "label" }) => {
    const parse = type("string.json.parse").to({
      [pathField]: "string",
      [`${labelField}?`]: "string | number | boolean | null",
    });
    return lineReader((line, number) => {
      if (line.trim() === "") return;
      const record = parse(line) as type.errors | Record<string, unknown>;
      if (record instanceof type.errors) {
        const rule = `a line must hold {"${pathField}": "…"}`;
        return entries.reject(rule, record.summary, number);
      }
      const label = record[labelField] ?? undefined;
      entries.add(
        record[pathField] as string,
        label === undefined ? undefined : String(label),
        number,
      );
    });
  },
};
