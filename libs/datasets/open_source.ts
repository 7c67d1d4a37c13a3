/**
 * Opens whatever a user names: a folder, a manifest, an IDX file.
 *
 * @module
 */
import {
  attempt,
  type DuplicateImageError,
  type FolderOptions,
  type FolderReading,
  folderSource,
  hasColumns,
  type IdxError,
  idxImagesIn,
  idxPairOf,
  idxSource,
  isIdxName,
  isImageName,
  type LabelledSource,
  type ManifestError,
  manifestFormatOf,
  type ManifestOptions,
  manifestSource,
  NoColumnError,
  SourceError,
  subset,
  type SubsetError,
} from "@deepcluster/data";
import { Effect } from "effect";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { emojiTables } from "./emoji/emoji_table.ts";

/** How a path is opened; each kind of source reads what concerns it. */
export interface OpenOptions extends FolderOptions, ManifestOptions {
  /** Which half of MNIST's four files in a folder. Default: `train`. */
  readonly split?: "train" | "test";
  /** Number of images, drawn by {@link subset}. Default: all. */
  readonly limit?: number | undefined;
}

/** An opened source. */
export interface OpenedSource extends LabelledSource {
  /** What the path was taken for. */
  readonly kind: "folder" | "manifest" | "idx";
  /** Files of a folder that were ignored: their names are not images'. Else 0. */
  readonly ignored: number;
  /** How a folder was understood; absent for all else. */
  readonly folder?: FolderReading;
}

/** Why {@link openSource} fails. */
export type OpenError =
  | SourceError
  | ManifestError
  | DuplicateImageError
  | IdxError
  | NoColumnError
  | SubsetError;

/**
 * Opens a path as what it is.
 *
 * A folder with MNIST's or Fashion-MNIST's files is read as such: the images
 * of one half, with their labels. A folder of rendered emoji is opened as its
 * table `emoji.csv`, labels being their groups, unless its `reading` is `all
 * files`. Any other folder is a {@link folderSource}.
 * A file ending in `ubyte`, `.idx` or these with `.gz` is an
 * {@link idxSource}; with `format`, or by its extension, a file is a
 * {@link manifestSource}.
 *
 * @param path Of a folder or file.
 * @param options See {@link OpenOptions}.
 * @returns The source, or why it cannot be opened; no image is looked at.
 */
export const openSource: (
  path: string,
  options?: OpenOptions,
) => Effect.Effect<OpenedSource, OpenError> = Effect.fn("openSource")(
  function* (
    path,
    options = {},
  ) {
    const opened = yield* openAll(path, options);
    const { limit } = options;
    return limit === undefined ? opened : yield* subset(opened, limit);
  },
);

const openAll = Effect.fnUntraced(function* (
  path: string,
  options: OpenOptions,
): Effect.fn.Return<OpenedSource, OpenError> {
  const found = yield* attempt(path, () => stat(path));
  if (found.isDirectory()) return yield* openFolder(path, options);
  if (options.format === undefined && isIdxName(path)) {
    return yield* openIdx(path, options);
  }
  const format = options.format ?? manifestFormatOf(path);
  if (format === undefined) {
    return yield* new SourceError({
      path,
      problem: "unsupported",
      detail: isImageName(path)
        ? "a single image; name its folder"
        : "its extension tells nothing; name its format with --manifest-format",
    });
  }
  if (!hasColumns(format)) yield* requireNoColumn(path, "a list", options);
  const asBefore = options.reading === "all files";
  const opened = yield* manifestSource(path, { ...options, asBefore });
  return { ...opened, kind: "manifest", ignored: 0 };
});

const openFolder = Effect.fnUntraced(function* (
  path: string,
  options: OpenOptions,
): Effect.fn.Return<OpenedSource, OpenError> {
  const split = options.split === "test" ? "t10k" : "train";
  const imageFile = yield* idxImagesIn(path, split);
  if (imageFile !== undefined) return yield* openIdx(imageFile, options);
  const table = join(path, emojiTables.images);
  if (options.reading !== "all files" && (yield* isFile(table))) {
    return yield* openAll(table, { labelField: "group", ...options });
  }
  yield* requireNoColumn(path, "a folder", options);
  return { ...yield* folderSource(path, options), kind: "folder" };
});

const isFile = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() => stat(path).then((it) => it.isFile(), () => false));

/**
 * Labels of a folder are its folders, those of an IDX file another file, and
 * lists have no columns. Runs of earlier versions were given columns of labels
 * all the same, and go on.
 */
const requireNoColumn = (
  path: string,
  kind: string,
  { format, labelField, pathField, reading }: OpenOptions,
): Effect.Effect<void, NoColumnError> => {
  const fail = (flag: string, column: string) =>
    Effect.fail(new NoColumnError({ flag, column, path, kind }));
  if (pathField !== undefined) return fail("--path-column", pathField);
  if (format !== undefined && kind !== "a list") {
    return fail("--manifest-format", format);
  }
  return labelField === undefined || reading === "all files"
    ? Effect.void
    : fail("--label-column", labelField);
};

const openIdx = Effect.fnUntraced(function* (
  path: string,
  options: OpenOptions,
): Effect.fn.Return<OpenedSource, SourceError | IdxError | NoColumnError> {
  yield* requireNoColumn(path, "an IDX file", options);
  const { imageFile, labelFile } = yield* idxPairOf(path);
  const wanted = options.labels === false ? undefined : labelFile;
  const opened = yield* idxSource(imageFile, wanted);
  return { ...opened, kind: "idx", ignored: 0 };
});
