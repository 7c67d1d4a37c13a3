/**
 * An index as commands open it, and its images as they show them.
 *
 * @module
 */
import {
  decode,
  type Image,
  type UnreadableImageError,
} from "@deepcluster/data";
import {
  type IndexedImage,
  loadCuration,
  openSearchIndex,
  type SearchIndex,
} from "@deepcluster/retrieval";
import { fromHere, shown } from "@deepcluster/terminal";
import {
  contactSheet,
  type ContactSheetError,
} from "@deepcluster/visualisation";
import { writeDurably } from "@deepcluster/storage";
import { Effect } from "effect";
import { Argument } from "effect/cli";
import { join } from "node:path";

/** The argument that names an index. */
export const indexArgument = Argument.String("index").pipe(
  Argument.withDescription("Index folder, as `retrieve index` made it."),
);

/**
 * Opens an index while the scope lasts; says when it is not up to date.
 *
 * @param folder As it was typed.
 * @returns The index, or why it cannot be opened.
 */
export const openIndex = Effect.fnUntraced(function* (folder: string) {
  const index = yield* openSearchIndex(fromHere(folder));
  if (!index.state.complete) {
    yield* Effect.logWarning(
      `The index ${folder} is incomplete, as its last update was stopped: ` +
        "call `retrieve index` again",
    );
  }
  return index;
});

/**
 * Loads what is said of the clusters of an index; says when it is of others.
 *
 * @param index The index.
 * @returns What is said, or why it cannot be read.
 */
export const curationOf = Effect.fnUntraced(function* (index: SearchIndex) {
  const curation = yield* loadCuration(index.folder, index.centroids);
  if (curation.notes.size === 0 && curation.unfit > 0) {
    yield* Effect.logWarning(
      `Names, merges and dismissals of ${curation.unfit} clusters are of ` +
        "other centroids than the index has now, and are not applied",
    );
  }
  return curation;
});

/**
 * The path that an image is shown by: its file, otherwise its name in its
 * source.
 *
 * @param image The image.
 * @returns An absolute path.
 */
export const pathOf = ({ file, root, path }: IndexedImage): string =>
  file ?? join(root, path);

/**
 * Decodes an indexed image.
 *
 * @param image The image.
 * @returns Its pixels, or `UnreadableImageError` when its file cannot be read
 * any more, or it lies in no file of its own.
 */
export const pixelsOf = (
  image: IndexedImage,
): Effect.Effect<Image, UnreadableImageError> =>
  decode(image.path, { kind: "file", path: pathOf(image) }, {
    maxShortSide: 256,
  });

/** A block of a sheet of indexed images. */
export interface SheetRow {
  /** Such as `Cluster 12`. */
  readonly title: string;
  /** Such as `143 images`. */
  readonly detail?: string;
  /** What is shown. */
  readonly images: readonly IndexedImage[];
}

/** Blocks of a sheet, and images of a block, at most. */
export const sheetLimits = { rows: 60, images: 12 };

/**
 * Draws a sheet. Images that cannot be read any more are left out, with a
 * warning.
 *
 * @param path Absolute path of the PNG file.
 * @param title Heading.
 * @param rows The blocks; more than {@link sheetLimits} are left out, and the
 * caption says so.
 * @returns Nothing, or why it cannot be drawn or written.
 */
export const writeSheet = Effect.fnUntraced(function* (
  path: string,
  title: string,
  rows: readonly SheetRow[],
) {
  const some = rows.slice(0, sheetLimits.rows);
  const blocks = yield* Effect.forEach(
    some,
    Effect.fnUntraced(function* ({ images, ...labels }) {
      const pictures = yield* Effect.forEach(
        images.slice(0, sheetLimits.images),
        (image) => Effect.option(pixelsOf(image)),
        { concurrency: 8 },
      );
      const readable = pictures.flatMap((one) =>
        one._tag === "Some" ? [one.value] : []
      );
      if (readable.length < pictures.length) {
        yield* Effect.logWarning(
          `Left out ${pictures.length - readable.length} images of ` +
            `${labels.title} that cannot be read any more`,
        );
      }
      return { ...labels, images: readable };
    }),
  );
  const widest = Math.max(4, ...blocks.map(({ images }) => images.length));
  const png = yield* contactSheet(blocks, {
    title,
    tilesPerRow: widest,
    blocksPerRow: Math.floor(24 / widest),
    ...rows.length > some.length &&
      { caption: `the first ${some.length} of ${rows.length}` },
  });
  yield* writeDurably(path, png);
  yield* Effect.logInfo(`Wrote ${shown(path)}`);
});

/** What {@link writeSheet} can fail with, besides the file system. */
export type SheetError = ContactSheetError;
