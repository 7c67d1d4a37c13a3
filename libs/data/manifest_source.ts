/**
 * A manifest: a file that lists images, such as a sample of YFCC100M.
 *
 * @module
 */
import { Effect } from "effect";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import {
  type DuplicateImageError,
  type ManifestError,
  SourceError,
} from "./errors.ts";
import { attempt } from "./file_system.ts";
import { labelsFrom } from "./labels.ts";
import type { ManifestFields } from "./manifest_columns.ts";
import { type ManifestEntries, manifestEntries } from "./manifest_entries.ts";
import { type ManifestFormat, manifestReader } from "./manifest_formats.ts";
import type { LabelledSource } from "./source.ts";
import type { TextReader } from "./text_records.ts";
import { isUtf16, utf8Decoder } from "./utf8_text.ts";

/** How a manifest is read. */
export interface ManifestOptions extends ManifestFields {
  /** How it is written. Default: inferred from the extension. */
  readonly format?: ManifestFormat;
  /** Whether labels beside the images are read. Default: true. */
  readonly labels?: boolean;
  /**
   * Whether paths are taken as versions took them that knew no `--manifest-format`: for
   * runs that began so. Default: false.
   */
  readonly asBefore?: boolean;
}

/** What {@link manifestSource} fails with. */
export type ManifestSourceError =
  | SourceError
  | ManifestError
  | DuplicateImageError;

/**
 * Reads the list of images in a manifest.
 *
 * A list (`.txt`, `.lst`) has one path a line or, when its first line is so
 * written, one path and one label with white space between. CSV (`.csv`, RFC
 * 4180, with semicolons or tabs where the header says so) and TSV (`.tsv`,
 * `.tab`) have columns: those of paths and labels are inferred from their names, see
 * {@link columnsNamed}, or asked for; without a header the first holds the
 * paths. JSONL (`.jsonl`, `.ndjson`) has one object a line, with keys for
 * columns. An empty label is none. The text must be UTF-8 wherever it is used.
 *
 * Paths are relative to the manifest's folder, or absolute, or `file:` URLs. An
 * image's id is its path, without detours, relative to that folder where it
 * lies inside; the images are in the manifest's order. The files are not looked
 * at, except where a path could be written in two ways.
 *
 * The manifest is read in pieces: a million lines take one to four seconds, and
 * a few hundred bytes of memory each while they are read.
 *
 * @param path Of the manifest.
 * @param options See {@link ManifestOptions}.
 * @returns The source; `SourceError` when the manifest cannot be read, is of
 * no known format or lists nothing; `ManifestError` naming the line that
 * breaks a rule; `DuplicateImageError` naming both lines of an image.
 */
export const manifestSource: (
  path: string,
  options?: ManifestOptions,
) => Effect.Effect<LabelledSource, ManifestSourceError> = Effect.fn(
  "manifestSource",
)(function* (
  path,
  options = {},
) {
  const format = options.format ?? manifestFormatOf(path);
  if (format === undefined) {
    const detail = "its extension tells no format";
    return yield* new SourceError({ path, problem: "unsupported", detail });
  }
  const folder = dirname(resolve(path));
  const { asBefore = false } = options;
  const entries = manifestEntries(path, folder, asBefore);
  const reader = manifestReader(format, entries, options, asBefore);
  yield* readText(path, reader, entries);
  const { ids, classNames } = entries;
  if (ids.length === 0) {
    return yield* new SourceError({ path, problem: "empty", detail: "" });
  }
  const labels = options.labels === false ? undefined : labelsFrom(classNames);
  return {
    source: {
      name: path,
      ids,
      payload: (index) => ({
        kind: "file",
        path: resolve(folder, ids[index]!),
      }),
    },
    ...(labels === undefined ? {} : { labels }),
  };
});

/**
 * The format of a manifest, by its extension.
 *
 * @param path Of a file.
 * @returns The format, or `undefined` when it is no manifest's.
 */
export const manifestFormatOf = (path: string): ManifestFormat | undefined =>
  formats[extname(path).toLowerCase()];

const formats: Record<string, ManifestFormat> = {
  ".txt": "text",
  ".lst": "text",
  ".csv": "csv",
  ".tsv": "tsv",
  ".tab": "tsv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
};

/** Bytes read at a time. */
const pieceBytes = 1 << 20;

/** Feeds a file to a reader until its end or the first problem. */
const readText = (
  path: string,
  reader: TextReader,
  entries: ManifestEntries,
): Effect.Effect<void, SourceError | ManifestError | DuplicateImageError> =>
  Effect.acquireUseRelease(
    attempt(path, () => open(path, "r")),
    (file) => feed(path, file, reader, entries),
    (file) => Effect.ignore(attempt(path, () => file.close())),
  );

const feed = Effect.fnUntraced(function* (
  path: string,
  file: FileHandle,
  reader: TextReader,
  entries: ManifestEntries,
): Effect.fn.Return<void, SourceError | ManifestError | DuplicateImageError> {
  const piece = new Uint8Array(pieceBytes);
  const decoder = utf8Decoder();
  let begun = false;
  for (let more = true; more;) {
    const { bytesRead } = yield* attempt(
      path,
      () => file.read(piece, 0, pieceBytes, null),
    );
    more = bytesRead > 0;
    const bytes = piece.subarray(0, bytesRead);
    if (!begun && isUtf16(bytes)) {
      const rule = "the text must be in UTF-8: save it as that";
      entries.reject(rule, "UTF-16", 1);
      more = false;
    } else {
      const text = decoder.decode(bytes, !more);
      if (text !== "") reader.feed(text);
      if (!more) reader.end();
    }
    begun = true;
    const problem = entries.problem();
    if (problem !== undefined) return yield* problem;
  }
});
