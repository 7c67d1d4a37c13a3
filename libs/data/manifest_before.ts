/**
 * How versions before `--manifest-format` read lists and tables, kept so that a run
 * which they began continues with the images that it began with.
 *
 * What they took for the path of an image, such as a header of unknown names,
 * is one of the run's unreadable images, and part of what the run is.
 *
 * @module
 */
import type { ManifestFields } from "./manifest_columns.ts";
import type { ManifestEntries } from "./manifest_entries.ts";
import { csvReader, lineReader, type TextReader } from "./text_records.ts";

/** A reader of one path a line, whatever the line holds. */
export const listReaderBefore = (entries: ManifestEntries): TextReader =>
  lineReader((line, number) => {
    if (line !== "") entries.add(line, undefined, number);
  });

/**
 * A reader of CSV with commas: with a header if the first record has a column
 * `path` or `label`; the path is in the first column where none is called so.
 *
 * @param entries Takes what is read.
 * @param fields The column of the labels, if another than `label`.
 * @returns The reader.
 */
export const tableReaderBefore = (
  entries: ManifestEntries,
  { labelField }: ManifestFields,
): TextReader => {
  let columns = -1;
  let pathColumn = 0;
  let labelColumn = -1;
  const isHeader = (record: readonly string[], line: number): boolean => {
    columns = record.length;
    const path = record.indexOf("path");
    labelColumn = record.indexOf(labelField ?? "label");
    pathColumn = Math.max(0, path);
    if (labelField !== undefined && labelColumn < 0) {
      const rule = `the header must name the column "${labelField}"`;
      entries.reject(rule, record.join(", "), line);
    }
    return path >= 0 || labelColumn >= 0;
  };
  const names = {
    path: () => String(pathColumn + 1),
    label: () => `${labelColumn + 1} (${labelField ?? "label"})`,
  };
  return csvReader({
    onRecord: (record, line) => {
      if (columns < 0 && isHeader(record, line)) return;
      if (record.length !== columns) {
        const rule = `every record must have ${columns} fields`;
        return entries.reject(rule, `${record.length} fields`, line);
      }
      entries.add(record[pathColumn]!, record[labelColumn], line, names);
    },
    onProblem: (rule, line) => entries.reject(rule, "another text", line),
  });
};
