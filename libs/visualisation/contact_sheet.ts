/**
 * Contact sheets: sample images of clusters on one page.
 *
 * Paper: section 4.2, the figures that show images of a cluster.
 *
 * @module
 */
import type { UnreadableImageError } from "@deepcluster/data";
import { Effect } from "effect";
import { availableParallelism } from "node:os";
import { SheetSizeError } from "./errors.ts";
import { fitText, textOutlines, textWidth } from "./lettering.ts";
import {
  type Box,
  layOutSheet,
  type SheetLayout,
  type SheetOptions,
} from "./sheet_layout.ts";
import { type SheetImage, tilePixels } from "./tiles.ts";
import sharp from "sharp";

/** A group of images under a label. */
export interface SheetBlock {
  /** Such as `Cluster 12`. */
  readonly title: string;
  /** Such as `143 images · 81 % Flags`; smaller, at the right. */
  readonly detail?: string;
  /** What to show, in reading order. */
  readonly images: readonly SheetImage[];
}

/** What {@link contactSheet} fails with. */
export type ContactSheetError = SheetSizeError | UnreadableImageError;

/**
 * Draws a contact sheet.
 *
 * Each image is cut to its largest centred square, as clustering sees it.
 * Text is drawn as outlines, so no fonts are needed. Memory is 3 bytes per
 * pixel of the sheet and of every tile. The same images give the same bytes.
 *
 * @param blocks At least one.
 * @param options See {@link SheetOptions}.
 * @returns The bytes of a PNG, or `SheetSizeError` when there are no blocks
 * or the sheet is too large for the drawing library, or
 * `UnreadableImageError` when an image cannot be decoded.
 *
 * @example Two blocks of one image each
 * ```ts
 * import { contactSheet } from "@deepcluster/visualisation";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const grey = { width: 1, height: 1, data: Uint8Array.of(99, 99, 99) };
 * const png = await Effect.runPromise(contactSheet([
 *   { title: "Cluster 0", detail: "1 image", images: [grey] },
 *   { title: "Cluster 1", detail: "1 image", images: [grey] },
 * ], { title: "Clusters" }));
 * assert.deepEqual([...png.subarray(1, 4)], [..."PNG"].map((c) => c.charCodeAt(0)));
 * ```
 */
export const contactSheet: (
  blocks: readonly SheetBlock[],
  options?: SheetOptions,
) => Effect.Effect<Uint8Array, ContactSheetError> = Effect.fn("contactSheet")(
  function* (
    blocks,
    options = {},
  ) {
    const layout = yield* requireSheetSize(
      blocks.map((block) => block.images.length),
      options,
    );
    const { width, height, tile } = layout;
    const page = yield* Effect.promise(() =>
      sharp(Buffer.from(pageSvg(layout, blocks, options)))
        .removeAlpha().raw().toBuffer()
    );
    yield* Effect.forEach(
      blocks.flatMap(({ title, images }, block) =>
        images.map((image, index) => ({ title, image, block, index }))
      ),
      ({ title, image, block, index }) =>
        Effect.map(
          tilePixels(`${title}, image ${index}`, image, tile),
          (pixels) =>
            blit(
              pixels,
              tile,
              page,
              width,
              layout.blocks[block]!.tiles[index]!,
            ),
        ),
      { concurrency: 2 * availableParallelism(), discard: true },
    );
    return yield* Effect.promise(() =>
      sharp(page, { raw: { width, height, channels: 3 } }).png().toBuffer()
    );
  },
);

/**
 * Lays out a contact sheet, so that one which cannot be drawn is refused before
 * its images are loaded.
 *
 * @param counts Images of each block.
 * @param options See {@link SheetOptions}.
 * @returns Its layout, or `SheetSizeError`.
 */
export const requireSheetSize = (
  counts: readonly number[],
  options: SheetOptions,
): Effect.Effect<SheetLayout, SheetSizeError> => {
  const layout = layOutSheet(counts, options);
  const { width, height } = layout;
  return counts.length > 0 && Math.max(width, height) <= limit &&
      width * height <= pixelLimit
    ? Effect.succeed(layout)
    : Effect.fail(
      new SheetSizeError({
        blocks: counts.length,
        width,
        height,
        limit,
        pixelLimit,
      }),
    );
};

/** Largest width and height that librsvg draws. */
const limit = 32_767;

/** Most pixels that sharp takes by default; more cost 2 GB of memory. */
const pixelLimit = 0x3fff ** 2;

const colours = {
  page: "#f3f4f1",
  card: "#ffffff",
  edge: "#dfe1db",
  title: "#22262a",
  detail: "#6d747b",
} as const;

/** Everything but the images. */
const pageSvg = (
  { width, height, heading, blocks }: SheetLayout,
  labels: readonly SheetBlock[],
  { title, caption }: SheetOptions,
): string => {
  const lines = [
    title && textOutlines(fitText(title, 24, heading.width), {
      x: heading.x,
      y: heading.y + 20,
      size: 24,
      fill: colours.title,
    }),
    caption && textOutlines(fitText(caption, 14, heading.width), {
      x: heading.x,
      y: heading.y + heading.height - 22,
      size: 14,
      fill: colours.detail,
    }),
  ];
  const cards = blocks.map(({ card, label }, index) =>
    `<rect x="${card.x + 0.5}" y="${card.y + 0.5}" width="${
      card.width - 1
    }" height="${
      card.height - 1
    }" rx="8" fill="${colours.card}" stroke="${colours.edge}"/>` +
    labelSvg(label, labels[index]!)
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${colours.page}"/>${
    [...lines, ...cards].join("")
  }</svg>`;
};

/** Title at the left, as far as it fits; detail at the right, if it does. */
const labelSvg = (box: Box, { title, detail = "" }: SheetBlock): string => {
  const y = box.y + 15;
  const shown = fitText(title, 16, box.width);
  const left = box.width - textWidth(shown, 16) - 12;
  return textOutlines(shown, { x: box.x, y, size: 16, fill: colours.title }) +
    textOutlines(fitText(detail, 13, left), {
      x: box.x + box.width,
      y,
      size: 13,
      fill: colours.detail,
      align: "end",
    });
};

/** Copies a square of pixels onto the page. */
const blit = (
  pixels: Uint8Array,
  tile: number,
  page: Uint8Array,
  width: number,
  { x, y }: { readonly x: number; readonly y: number },
): void => {
  for (let row = 0; row < tile; row++) {
    const line = pixels.subarray(3 * row * tile, 3 * (row + 1) * tile);
    page.set(line, 3 * ((y + row) * width + x));
  }
};
