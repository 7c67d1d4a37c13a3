/**
 * The picture that `query --sheet` draws: each image, the part of it that was
 * searched for, and the results.
 *
 * @module
 */
import { decode, type Image } from "@deepcluster/data";
import { type Box, indexedPayloads } from "@deepcluster/retrieval";
import { contactSheet, requireSheetSize } from "@deepcluster/visualisation";
import { Effect } from "effect";
import { basename } from "node:path";
import sharp from "sharp";
import { IndexCommandError } from "./index_errors.ts";
import type { QueryAnswer, ResultsIndex } from "./query_text.ts";

/** An answer with its image as {@link tileOf} draws it. */
export interface SheetQuery extends QueryAnswer {
  readonly picture: Image;
}

/** Pixels across and down a picture on the sheet. */
const tile = 144;
/** Pictures side by side, at most. */
const maxPerRow = 6;

/**
 * Draws the answers of a query: a card for the image with the whole of it, the
 * box in red, and one for every result. Images that are gone since they were
 * indexed are grey.
 *
 * @param queries Answers, at least one.
 * @param index The index.
 * @returns The bytes of a PNG, or the errors of drawing.
 */
export const querySheet = Effect.fnUntraced(function* (
  queries: readonly SheetQuery[],
  index: ResultsIndex,
) {
  const payloadOf = indexedPayloads();
  const blocks = yield* Effect.forEach(
    queries,
    (query) =>
      Effect.gen(function* () {
        const own = {
          title: "Image",
          detail: basename(query.path),
          images: [query.picture],
        };
        const found = yield* Effect.forEach(
          query.results,
          ({ row, score }, i) =>
            Effect.gen(function* () {
              const [image] = index.imagesOf(row);
              const cluster = index.clusters[row]!;
              const picture = yield* payloadOf(image!).pipe(
                Effect.flatMap((payload) =>
                  decode(image!.path, payload, { maxShortSide: 2 * tile })
                ),
                Effect.orElseSucceed(() => grey),
              );
              return {
                title: `${i + 1} · ${score.toFixed(3)}`,
                detail: cluster < 0 ? "" : `cluster ${cluster}`,
                images: [yield* tileOf(picture)],
              };
            }),
          { concurrency: 4 },
        );
        return [own, ...found];
      }),
  );
  const longest = Math.max(...blocks.map(({ length }) => length));
  return yield* contactSheet(blocks.flat(), optionsFor(longest));
});

/**
 * Requires that the answers fit on a sheet, before they are searched for.
 *
 * @param images Images to search for.
 * @param results Results of each, at most.
 * @returns Nothing, or `IndexCommandError`.
 */
export const requireSheetFor = (
  images: number,
  results: number,
): Effect.Effect<void, IndexCommandError> =>
  requireSheetSize(
    new Array<number>(images * (1 + results)).fill(1),
    optionsFor(1 + results),
  ).pipe(
    Effect.asVoid,
    Effect.catchTag("SheetSizeError", ({ height, limit }) =>
      new IndexCommandError({
        action: "draw the results",
        rule: `--sheet must have at most ${limit} pixels down; search for ` +
          "fewer images, or lower --top",
        found: `${height} pixels for ${images} images with ${results} ` +
          "results each",
      })),
  );

/** @param longest Pictures of an answer, at most. */
const optionsFor = (longest: number) => ({
  tile,
  tilesPerRow: 1,
  blocksPerRow: Math.min(maxPerRow, longest),
});

/** In place of an image that cannot be read any more. */
const grey: Image = {
  width: 1,
  height: 1,
  data: Uint8Array.of(128, 128, 128),
};

/**
 * Draws an image on a white square of the sheet, all of it, with a box in red.
 *
 * @param image The image.
 * @param box In its pixels. Default: none is drawn.
 * @returns The square.
 */
export const tileOf = (
  { width, height, data }: Image,
  box?: Box,
): Effect.Effect<Image> =>
  Effect.promise(async () => {
    const scale = tile / Math.max(width, height);
    const across = Math.max(1, Math.round(width * scale));
    const down = Math.max(1, Math.round(height * scale));
    const [left, top] = [(tile - across) >> 1, (tile - down) >> 1];
    const pixels = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(across, down, { fit: "fill" })
      .extend({
        left,
        top,
        right: tile - across - left,
        bottom: tile - down - top,
        background: "#ffffff",
      }).removeAlpha().raw().toBuffer();
    const image = { width: tile, height: tile, data: new Uint8Array(pixels) };
    if (box !== undefined) {
      drawBox(image, {
        x: left + Math.round(box.x * scale),
        y: top + Math.round(box.y * scale),
        width: Math.round(Math.min(box.width, width - box.x) * scale),
        height: Math.round(Math.min(box.height, height - box.y) * scale),
      });
    }
    return image;
  });

/** Red, two pixels wide. */
const drawBox = ({ width, height, data }: Image, box: Box): void => {
  const right = Math.min(width - 1, box.x + Math.max(4, box.width) - 1);
  const bottom = Math.min(height - 1, box.y + Math.max(4, box.height) - 1);
  for (let y = box.y; y <= bottom; y++) {
    for (let x = box.x; x <= right; x++) {
      const inside = x > box.x + 1 && x < right - 1 && y > box.y + 1 &&
        y < bottom - 1;
      if (!inside) data.set([220, 30, 40], 3 * (y * width + x));
    }
  }
};
