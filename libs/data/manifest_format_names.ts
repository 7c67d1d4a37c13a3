/**
 * The names of the formats of a manifest, for the help of flags.
 *
 * @module
 */

/** Every format, by the name that `--manifest-format` takes. */
export const manifestFormats = [
  "text",
  "path-label",
  "csv",
  "csv-semicolon",
  "tsv",
  "jsonl",
] as const;

/** How a manifest is written. */
export type ManifestFormat = typeof manifestFormats[number];
