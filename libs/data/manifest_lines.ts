/**
 * Manifests of lines without columns: lists of paths, and lists of paths with
 * a label behind each, as of Caffe and of ImageNet's `val.txt`.
 *
 * @module
 */
import { isHeader } from "./manifest_columns.ts";
import type { ManifestEntries } from "./manifest_entries.ts";
import { lineReader, type TextReader } from "./text_records.ts";

/** Takes a line that is not empty, with its number. */
type OnLine = (line: string, number: number) => void;

/**
 * A reader of one path a line, or of one path and one label a line: whether
 * there are labels is inferred from the first.
 *
 * @param entries Takes what is read.
 * @returns The reader.
 */
export const listReader = (entries: ManifestEntries): TextReader => {
  let read: OnLine | undefined;
  return contentReader(entries, (line, number) => {
    read ??= readerFor(line, number, entries);
    read(line, number);
  });
};

/**
 * A reader of one path and one label a line, with white space between.
 *
 * @param entries Takes what is read.
 * @returns The reader.
 */
export const pathLabelReader = (entries: ManifestEntries): TextReader =>
  contentReader(entries, onPathLabel(entries));

/** Passes over empty lines, and lines that begin with `#` but name no file. */
const contentReader = (entries: ManifestEntries, onLine: OnLine): TextReader =>
  lineReader((line, number) => {
    if (line.trim() === "") return;
    if (line.startsWith("#") && !entries.exists(line)) return;
    onLine(line, number);
  });

const readerFor = (
  first: string,
  number: number,
  entries: ManifestEntries,
): OnLine => {
  const onPath: OnLine = (line, at) => entries.add(line, undefined, at);
  if (entries.isImage(first)) return onPath;
  const { path } = pathAndLabel(first);
  if (path !== "" && entries.isImage(path)) return onPathLabel(entries);
  const looksLikeTable = [/\s+/, ",", ";", "\t"].some((mark) => {
    const fields = first.split(mark).map((field) => field.trim());
    return fields.length > 1 &&
      (fields.some(entries.isImage) || isHeader(fields, {}, entries.isImage));
  });
  if (looksLikeTable) {
    const rule = "a line must hold one path, or one path and one label with " +
      "white space between (tables: --manifest-format csv, csv-semicolon or tsv)";
    entries.reject(rule, first, number);
  }
  return onPath;
};

const onPathLabel = (entries: ManifestEntries): OnLine => (line, number) => {
  const { path, label } = pathAndLabel(line);
  if (path !== "") return entries.add(path, label, number);
  const rule = "every line must hold a path and a label";
  entries.reject(rule, line, number);
};

/** The label is behind the last tab or, without one, the last white space. */
const pathAndLabel = (line: string) => {
  const text = line.trim();
  const tab = text.lastIndexOf("\t");
  const at = tab >= 0 ? tab : text.length - (/\S*$/.exec(text)![0].length + 1);
  const path = text.slice(0, Math.max(0, at)).trimEnd();
  return { path, label: text.slice(at + 1) };
};
