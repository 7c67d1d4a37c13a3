/**
 * The picture that `query --sheet` draws: each image, the part of it that was
 * searched for, and the results.
 *
 * @module
 */
import { decode, type Image, type ImagePayload } from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import type { Box, IndexedImage } from "@deepcluster/retrieval";
import { contactSheet } from "@deepcluster/visualisation";
import { Effect } from "effect";
import { basename } from "node:path";
import sharp from "sharp";
import type { QueryAnswer, ResultsIndex } from "./query_text.ts";

/** An answer with the pixels of its image. */
export interface SheetQuery extends QueryAnswer {
  readonly image: Image;
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
  const payloadOf = payloads();
  const blocks = yield* Effect.forEach(
    queries,
    (query) =>
      Effect.gen(function* () {
        const own = {
          title: "Image",
          detail: basename(query.path),
          images: [yield* wholeTile(query.image, query.box)],
        };
        const found = yield* Effect.forEach(
          query.results,
          ({ row, score }, i) =>
            Effect.gen(function* () {
              const [image] = index.imagesOf(row);
              const cluster = index.clusters[row]!;
              const payload = yield* payloadOf(image!);
              const picture = yield* decode(image!.path, payload, {
                maxShortSide: 2 * tile,
              }).pipe(Effect.orElseSucceed(() => grey));
              return {
                title: `${i + 1} · ${score.toFixed(3)}`,
                detail: cluster < 0 ? "" : `cluster ${cluster}`,
                images: [yield* wholeTile(picture)],
              };
            }),
          { concurrency: 4 },
        );
        return [own, ...found];
      }),
  );
  const longest = Math.max(...blocks.map(({ length }) => length));
  return yield* contactSheet(blocks.flat(), {
    tile,
    tilesPerRow: 1,
    blocksPerRow: Math.min(maxPerRow, longest),
  });
});

/** In place of an image that cannot be read any more. */
const grey = {
  kind: "pixels",
  channels: 3,
  width: 1,
  height: 1,
  data: Uint8Array.of(128, 128, 128),
} as const;

/** Finds what an indexed image is decoded from, opening each source once. */
const payloads = () => {
  const sources = new Map<string, ReadonlyMap<string, () => ImagePayload>>();
  return Effect.fnUntraced(function* (
    { root, path, file }: IndexedImage,
  ): Effect.fn.Return<ImagePayload> {
    if (file !== undefined) return { kind: "file", path: file };
    let source = sources.get(root);
    if (source === undefined) {
      source = yield* openSource(root).pipe(
        Effect.map(({ source }) =>
          new Map(source.ids.map((id, at) => [id, () => source.payload(at)]))
        ),
        Effect.orElseSucceed(() => new Map<string, () => ImagePayload>()),
      );
      sources.set(root, source);
    }
    return source.get(path)?.() ?? grey;
  });
};

/** A whole image on a white square, with a box drawn into it. */
const wholeTile = (
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
