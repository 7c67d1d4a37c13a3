/**
 * Opens whatever a user names: a folder, a manifest, an IDX file.
 *
 * @module
 */
import { Effect } from "effect";
import { stat } from "node:fs/promises";
import {
  type DuplicateImageError,
  type IdxError,
  type ManifestError,
  SourceError,
  type SubsetError,
} from "./errors.ts";
import { attempt } from "./file_system.ts";
import { type FolderOptions, folderSource } from "./folder_source.ts";
import { idxImagesIn, idxPairOf, idxSource, isIdxName } from "./idx_source.ts";
import { isImageName } from "./image_files.ts";
import {
  manifestFormatOf,
  type ManifestOptions,
  manifestSource,
} from "./manifest_source.ts";
import type { LabelledSource } from "./source.ts";
import { subset } from "./subset.ts";

/** How a path is opened; each kind of source reads what concerns it. */
export interface OpenOptions extends FolderOptions, ManifestOptions {
  /** Which half of MNIST's four files in a folder; `train` if absent. */
  readonly split?: "train" | "test";
  /** Images wanted, drawn by {@link subset}; all if absent. */
  readonly limit?: number | undefined;
}

/** An opened source. */
export interface OpenedSource extends LabelledSource {
  /** What the path was taken for. */
  readonly kind: "folder" | "manifest" | "idx";
  /** Files of a folder left aside, for their names are no images'; else 0. */
  readonly leftAside: number;
}

/** Why {@link openSource} fails. */
export type OpenError =
  | SourceError
  | ManifestError
  | DuplicateImageError
  | IdxError
  | SubsetError;

/**
 * Opens a path as what it is.
 *
 * A folder with MNIST's or Fashion-MNIST's files is read as such: the images
 * of one half, with their labels. Any other folder is a {@link folderSource}.
 * A file ending in `ubyte`, `.idx` or these with `.gz` is an
 * {@link idxSource}; with `format`, or by its extension, a file is a
 * {@link manifestSource}.
 *
 * @param path Of a folder or file.
 * @param options See {@link OpenOptions}.
 * @returns The source, or why it cannot be opened; no image is looked at.
 */
export const openSource = Effect.fn("openSource")(function* (
  path: string,
  options: OpenOptions = {},
): Effect.fn.Return<OpenedSource, OpenError> {
  const whole = yield* openWhole(path, options);
  const { limit } = options;
  return limit === undefined ? whole : yield* subset(whole, limit);
});

const openWhole = Effect.fnUntraced(function* (
  path: string,
  options: OpenOptions,
): Effect.fn.Return<OpenedSource, OpenError> {
  const found = yield* attempt(path, () => stat(path));
  if (found.isDirectory()) return yield* openFolder(path, options);
  if (options.format === undefined && isIdxName(path)) {
    return yield* openIdx(path, options);
  }
  if (options.format === undefined && manifestFormatOf(path) === undefined) {
    return yield* new SourceError({
      path,
      problem: "unsupported",
      detail: isImageName(path)
        ? "a single image; name its folder"
        : "its extension tells nothing; name its format",
    });
  }
  const opened = yield* manifestSource(path, options);
  return { ...opened, kind: "manifest", leftAside: 0 };
});

const openFolder = Effect.fnUntraced(function* (
  path: string,
  options: OpenOptions,
): Effect.fn.Return<OpenedSource, SourceError | IdxError> {
  const split = options.split === "test" ? "t10k" : "train";
  const imageFile = yield* idxImagesIn(path, split);
  if (imageFile !== undefined) return yield* openIdx(imageFile, options);
  return { ...yield* folderSource(path, options), kind: "folder" };
});

const openIdx = Effect.fnUntraced(function* (
  path: string,
  options: OpenOptions,
): Effect.fn.Return<OpenedSource, SourceError | IdxError> {
  const { imageFile, labelFile } = yield* idxPairOf(path);
  const wanted = options.labels === false ? undefined : labelFile;
  const opened = yield* idxSource(imageFile, wanted);
  return { ...opened, kind: "idx", leftAside: 0 };
});
