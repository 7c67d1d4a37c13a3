/**
 * The quick-start data: emoji by many artists, as small PNG files.
 *
 * About 12 800 drawings of 1 906 emoji, rendered on white from SVG that npm
 * packages hold, so a machine with only Node and npm has images of which it
 * is known which show the same thing. See `emojiSets` for the artists
 * and licences.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import { Effect } from "effect";
import { join } from "node:path";
import { listEmojiDrawings } from "./emoji_drawings.ts";
import type { EmojiFolderError, EmojiPackageError } from "./emoji_errors.ts";
import { fileOf, presentImages, renderImages } from "./emoji_images.ts";
import type { ReadPackageFile } from "./emoji_packages.ts";
import {
  readEmojiTable,
  readLeftOutTable,
  writeEmojiTables,
} from "./emoji_table.ts";

/** How emoji are rendered. */
export interface EmojiOptions {
  /** Pixels across and down. */
  readonly size: number;
  /** How package files are read. Default: from `node_modules`. */
  readonly read?: ReadPackageFile;
}

/** What a folder of emoji holds once it is finished. */
export interface EmojiReport {
  /** Images in the folder. */
  readonly images: number;
  /** How many of them this call rendered; the others were there. */
  readonly rendered: number;
  /** Drawings without an image by reason, as listed in `left_out.csv`. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** What {@link renderEmoji} fails with. */
export type RenderEmojiError = EmojiPackageError | EmojiFolderError;

/**
 * Renders every emoji of every set into `folder/images/64px/<set>/`, and
 * lists them in `folder/emoji.csv` with set, codepoints, name, group and
 * subgroup, and the drawings without an image in `folder/left_out.csv`.
 *
 * Half a minute on two cores, 60 MB; milliseconds when the folder is
 * finished. Killed at any moment, it continues where it was when called again.
 * The same packages and sharp give the same bytes. A drawing that sharp
 * cannot render, or that is all white, is left out and counted. After a power
 * cut during the call, remove the folder: images are not forced to the disk.
 *
 * @param folder Where the emoji go; made when it does not exist.
 * @param options See {@link EmojiOptions}.
 * @returns Counts, or `EmojiPackageError` when a package is not installed, or
 * `EmojiFolderError` when the folder cannot be written.
 *
 * @example Emoji as a labelled source
 * ```ts
 * import { Progress } from "@deepcluster/core";
 * import { emojiSource, renderEmoji } from "@deepcluster/datasets";
 * import { Effect } from "effect";
 *
 * const emoji = renderEmoji("emoji", { size: 64 }).pipe(
 *   Effect.andThen(emojiSource("emoji", "subgroup")),
 *   Effect.provide(Progress.layerSilent),
 * ); // and Effect.runPromise(emoji) when half a minute is at hand
 * ```
 */
export const renderEmoji: (
  folder: string,
  options: EmojiOptions,
) => Effect.Effect<EmojiReport, RenderEmojiError, Progress> = Effect.fn(
  "renderEmoji",
)(function* (
  folder,
  options,
) {
  const images = `images/${options.size}px`;
  const finished = yield* readFinished(folder, images);
  if (finished !== undefined) return finished;
  const { drawings, leftOut } = yield* listEmojiDrawings(options.read);
  const present = yield* presentImages(join(folder, images));
  const missing = drawings.filter((drawing) => !present.has(fileOf(drawing)));
  const failures = yield* renderImages(missing, {
    folder: join(folder, images),
    size: options.size,
    total: drawings.length,
  });
  const failed = new Set(failures.map((failure) => failure.drawing));
  const rows = drawings
    .filter((drawing) => !failed.has(drawing.id))
    .map((drawing) => ({
      path: `${images}/${fileOf(drawing)}`,
      set: drawing.set,
      ...drawing.emoji,
    }));
  const without = [...leftOut, ...failures];
  yield* writeEmojiTables(folder, rows, without);
  return reportOf(rows.length, missing.length - failures.length, without);
});

/** The report of a folder whose table lists images of the wanted size. */
const readFinished = Effect.fnUntraced(function* (
  folder: string,
  images: string,
): Effect.fn.Return<EmojiReport | undefined, EmojiFolderError> {
  const rows = yield* readEmojiTable(folder);
  const leftOut = yield* readLeftOutTable(folder);
  const ofSize = rows?.every((row) => row.path.startsWith(`${images}/`));
  return ofSize && leftOut ? reportOf(rows!.length, 0, leftOut) : undefined;
});

const reportOf = (
  images: number,
  rendered: number,
  left: readonly { readonly reason: string }[],
): EmojiReport => {
  const leftOut: Record<string, number> = {};
  for (const { reason } of left) leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  return { images, rendered, leftOut };
};
