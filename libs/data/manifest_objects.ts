/**
 * Manifests with an object on each line: JSONL, as Python writes it too.
 *
 * @module
 */
import { type } from "arktype";
import { columnsNamed, type ManifestFields } from "./manifest_columns.ts";
import type { ManifestEntries } from "./manifest_entries.ts";
import { lineReader, type TextReader } from "./text_records.ts";

/**
 * A reader of JSON objects, one a line; empty lines are passed over.
 *
 * The key of the paths is inferred from the first object, that of the labels from
 * the first that has one.
 *
 * @param entries Takes what is read.
 * @param fields See {@link ManifestFields}.
 * @returns The reader.
 */
export const objectReader = (
  entries: ManifestEntries,
  fields: ManifestFields,
): TextReader => {
  let pathKey = fields.pathField;
  let labelKey = fields.labelField;
  let labelSeen = false;
  let first: { readonly keys: string; readonly line: number } | undefined;
  const columns = { path: () => pathKey!, label: () => labelKey! };
  const lines = lineReader((line, number) => {
    if (line.trim() === "") return;
    const record = objectIn(line);
    if (record instanceof type.errors) {
      const rule = `a line must hold {"${pathKey ?? "path"}": "…"}`;
      return entries.reject(rule, record.summary, number);
    }
    first ??= { keys: Object.keys(record).join(", "), line: number };
    pathKey ??= pathKeyOf(record, number, fields, entries);
    labelKey ??= labelKeyOf(record, fields);
    if (pathKey === undefined) return;
    const path = record[pathKey];
    if (typeof path !== "string") {
      const rule = `a line must hold {"${pathKey}": "…"}`;
      const found = `${pathKey} must be a string (was ${kindOf(path)})`;
      return entries.reject(rule, found, number);
    }
    const label = labelKey === undefined ? undefined : record[labelKey];
    labelSeen ||= labelKey !== undefined && labelKey in record;
    if (typeof label === "object" && label !== null) {
      const rule = `"${labelKey}" must be a text, a number or a truth value`;
      return entries.reject(rule, JSON.stringify(label), number);
    }
    entries.add(path, textOf(label), number, columns);
  });
  return {
    feed: lines.feed,
    end: () => {
      lines.end();
      const { labelField } = fields;
      if (labelField === undefined || labelSeen || first === undefined) return;
      const rule = `a line must have the key "${labelField}"`;
      entries.reject(rule, first.keys, first.line);
    },
  };
};

type JsonObject = Readonly<Record<string, unknown>>;

const parse = type("string.json.parse").to("object");

/** Python's `json` writes NaN and Infinity, which are no JSON. */
const objectIn = (line: string): type.errors | JsonObject => {
  const parsed = parse(line);
  if (!(parsed instanceof type.errors)) return parsed as JsonObject;
  const again = parse(line.replaceAll(
    /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g,
    (token) =>
      token === "NaN" ? "null" : token[0] === '"' ? token : `"${token}"`,
  ));
  return again instanceof type.errors ? parsed : again as JsonObject;
};

const pathKeyOf = (
  record: JsonObject,
  line: number,
  fields: ManifestFields,
  entries: ManifestEntries,
): string | undefined => {
  const keys = Object.keys(record);
  const { paths } = columnsNamed(keys, fields);
  const images = paths.length === 1 ? paths : paths.filter((at) => {
    const value = record[keys[at]!];
    return typeof value === "string" && entries.isImage(value);
  });
  if (images.length === 1) return keys[images[0]!];
  const rule = 'a line must hold {"path": "…"}, or --path-column name the ' +
    "key of the paths";
  entries.reject(rule, keys.join(", "), line);
  return undefined;
};

const labelKeyOf = (
  record: JsonObject,
  fields: ManifestFields,
): string | undefined => {
  const keys = Object.keys(record);
  return keys[columnsNamed(keys, fields).label];
};

const textOf = (label: unknown): string | undefined =>
  label === undefined || label === null ? undefined : String(label);

const kindOf = (value: unknown): string =>
  value === undefined ? "missing" : value === null ? "null" : typeof value;
