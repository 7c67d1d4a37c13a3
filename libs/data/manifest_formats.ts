/**
 * The formats of a manifest, by name.
 *
 * @module
 */
import { listReaderBefore, tableReaderBefore } from "./manifest_before.ts";
import type { ManifestFields } from "./manifest_columns.ts";
import type { ManifestEntries } from "./manifest_entries.ts";
import { listReader, pathLabelReader } from "./manifest_lines.ts";
import { objectReader } from "./manifest_objects.ts";
import { tableReader } from "./manifest_tables.ts";
import type { ManifestFormat } from "./manifest_format_names.ts";
import type { TextReader } from "./text_records.ts";

export {
  type ManifestFormat,
  manifestFormats,
} from "./manifest_format_names.ts";

/**
 * A reader of one format.
 *
 * @param format How the manifest is written.
 * @param entries Takes what is read.
 * @param fields See {@link ManifestFields}.
 * @param asBefore Whether as versions read it that knew no `--manifest-format`.
 * @returns The reader.
 */
export const manifestReader = (
  format: ManifestFormat,
  entries: ManifestEntries,
  fields: ManifestFields,
  asBefore: boolean,
): TextReader =>
  (asBefore ? { ...readers, ...readersBefore } : readers)[format](
    entries,
    fields,
  );

/**
 * Whether a format has columns or keys to choose from.
 *
 * @param format How the manifest is written.
 * @returns False for lists.
 */
export const hasColumns = (format: ManifestFormat): boolean =>
  format !== "text" && format !== "path-label";

type Reader = (entries: ManifestEntries, fields: ManifestFields) => TextReader;

const readersBefore = { text: listReaderBefore, csv: tableReaderBefore };

const readers: Record<ManifestFormat, Reader> = {
  "text": listReader,
  "path-label": pathLabelReader,
  "csv": (entries, fields) => tableReader(entries, fields),
  "csv-semicolon": (entries, fields) => tableReader(entries, fields, ";"),
  "tsv": (entries, fields) => tableReader(entries, fields, "\t"),
  "jsonl": objectReader,
};
