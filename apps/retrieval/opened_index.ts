/**
 * An index as commands open it, and its images as they show them.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { decode } from "@deepcluster/data";
import {
  type IndexedImage,
  type IndexedPayloads,
  indexedPayloads,
  loadCuration,
  openSearchIndex,
  type SearchIndex,
} from "@deepcluster/retrieval";
import { fromHere, requireNoInput, shown } from "@deepcluster/terminal";
import { contactSheet } from "@deepcluster/visualisation";
import {
  requireWritable,
  type StorageError,
  writeDurably,
} from "@deepcluster/storage";
import { Effect, Option } from "effect";
import { basename, extname, join } from "node:path";

/**
 * Opens an index while the scope lasts; says when it is not up to date.
 *
 * @param folder As it was typed.
 * @param sheet Value of `--sheet`. Default: none.
 * @returns The index, or why it cannot be opened; `OptionError` when the sheet
 * would replace one of its images.
 */
export const openIndex = Effect.fnUntraced(function* (
  folder: string,
  sheet: Option.Option<string> = Option.none(),
) {
  const index = yield* openSearchIndex(fromHere(folder));
  yield* requireNoImage(sheet, index.images.flatMap(({ file }) => file ?? []));
  yield* index.requireIntactDatabase;
  if (!index.state.complete) {
    yield* Effect.logWarning(
      `The index ${folder} is incomplete, as its last update was stopped: ` +
        "call `retrieve index` again",
    );
  }
  return index;
});

/**
 * Names a damaged database of an index as the reason of a defect, since its
 * look-ups throw.
 *
 * @param folder As it was typed.
 * @returns A function that adds this to an effect.
 */
export const explainDamage =
  (folder: string) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.catchDefect(
      effect,
      (defect) =>
        openSearchIndex(fromHere(folder)).pipe(
          Effect.flatMap((index) => index.requireIntactDatabase),
          Effect.andThen(Effect.die(defect)),
        ),
    );

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

/** The part of an image that says where it is. */
export type LocatedImage = Pick<IndexedImage, "file" | "path" | "root">;

/**
 * The path that an image is shown by: its file, otherwise its name in its
 * source.
 *
 * @param image The image.
 * @returns An absolute path.
 */
export const pathOf = ({ file, root, path }: LocatedImage): string =>
  file ?? join(root, path);

/** A block of a sheet of images. */
export interface SheetRow {
  /** Such as `Cluster 12`. */
  readonly title: string;
  /** Such as `143 images`. */
  readonly detail?: string;
  /** What is shown. */
  readonly images: readonly LocatedImage[];
}

/** Blocks of a sheet, and images of a block, at most. */
export const sheetLimits = { rows: 60, images: 12 };

/**
 * Cuts ranked images into blocks of a sheet.
 *
 * @param images In their order.
 * @returns Full blocks and the rest, with ranks as titles: `1 to 12`.
 */
export const rankedBlocks = (
  images: readonly LocatedImage[],
): readonly SheetRow[] => {
  const blocks = Math.ceil(images.length / sheetLimits.images);
  return Array.from({ length: blocks }, (_, i) => {
    const from = i * sheetLimits.images;
    const some = images.slice(from, from + sheetLimits.images);
    return { title: `${from + 1} to ${from + some.length}`, images: some };
  });
};

/**
 * Draws a sheet. Images that cannot be read are left out, with a warning.
 *
 * @param title Heading.
 * @param rows The blocks; more than {@link sheetLimits} are left out, and the
 * caption says so.
 * @param limits Images of a block, and of a line. Default: 12.
 * @returns The bytes of a PNG file, undefined when no image can be read; or
 * why it cannot be drawn.
 */
export const drawSheet = Effect.fnUntraced(function* (
  title: string,
  rows: readonly SheetRow[],
  limits: { readonly images: number; readonly tilesPerRow?: number } =
    sheetLimits,
) {
  const payloads = indexedPayloads();
  const some = rows.slice(0, sheetLimits.rows);
  const blocks = yield* Effect.forEach(
    some,
    Effect.fnUntraced(function* ({ images, ...labels }) {
      const pictures = yield* Effect.forEach(
        images.slice(0, limits.images),
        (image) => Effect.option(thumbnailOf(payloads, image)),
        { concurrency: 8 },
      );
      const readable = pictures.flatMap((one) =>
        one._tag === "Some" ? [one.value] : []
      );
      if (readable.length < pictures.length) {
        yield* Effect.logWarning(
          `Left out ${pictures.length - readable.length} images of ` +
            `"${labels.title}" that cannot be read`,
        );
      }
      return { ...labels, images: readable };
    }),
  );
  const drawn = blocks.filter(({ images }) => images.length > 0);
  if (drawn.length === 0) return undefined;
  const widest = limits.tilesPerRow ??
    Math.max(4, ...drawn.map(({ images }) => images.length));
  return yield* contactSheet(drawn, {
    title,
    tilesPerRow: widest,
    blocksPerRow: drawn.length === 1 ? 1 : Math.floor(24 / widest),
    ...rows.length > some.length &&
      { caption: `the first ${some.length} of ${rows.length}` },
  });
});

const thumbnailOf = (payloads: IndexedPayloads, image: LocatedImage) =>
  Effect.flatMap(
    payloads(image),
    (payload) => decode(image.path, payload, { maxShortSide: 256 }),
  );

/**
 * Reads the flag that names the file of a sheet, before any work.
 *
 * @param sheet Value of `--sheet`.
 * @returns Its absolute path, undefined when it was not named, or
 * `OptionError`, or `StorageError` when it cannot be written.
 */
export const sheetPathOf = Effect.fnUntraced(function* (
  sheet: Option.Option<string>,
): Effect.fn.Return<string | undefined, OptionError | StorageError> {
  if (Option.isNone(sheet)) return undefined;
  const path = fromHere(sheet.value);
  if (extname(path).toLowerCase() === ".png") {
    yield* requireWritable(path, "file");
    return path;
  }
  return yield* new OptionError({
    action: "draw the results",
    option: "sheet",
    rule: "a file ending in .png",
    value: sheet.value,
  });
});

/**
 * Requires that a sheet replaces no image.
 *
 * @param sheet Value of `--sheet`.
 * @param files Paths of images. There may be a million, so only those of the
 * sheet's name are looked at.
 * @returns Nothing, or `OptionError`.
 */
export const requireNoImage = (
  sheet: Option.Option<string>,
  files: readonly string[],
): Effect.Effect<void, OptionError> => {
  if (Option.isNone(sheet)) return Effect.void;
  const nameOf = (path: string) => basename(path).toLowerCase();
  const name = nameOf(sheet.value);
  const alike = files.filter((file) => nameOf(file) === name);
  return requireNoInput("sheet", sheet.value, alike);
};

/**
 * Draws a sheet into a file, see {@link drawSheet}.
 *
 * @param path Absolute path of the PNG file.
 * @param title Heading.
 * @param rows The blocks.
 * @returns Nothing, or why it cannot be drawn or written.
 */
export const writeSheet = Effect.fnUntraced(function* (
  path: string,
  title: string,
  rows: readonly SheetRow[],
) {
  const png = yield* drawSheet(title, rows);
  if (png === undefined) {
    return yield* Effect.logWarning(
      `No sheet ${shown(path)}: there is no image to draw`,
    );
  }
  yield* writeDurably(path, png);
  yield* Effect.logInfo(`Wrote ${shown(path)}`);
});
