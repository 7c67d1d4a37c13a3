/**
 * The most activating images of filters as one picture: for each filter a
 * block of images, beside it the regions that activate it most.
 *
 * Paper: section 4.2, figure 6.
 *
 * @module
 */
import type { Image } from "@deepcluster/data";
import { Effect } from "effect";
import { enlarge } from "../picture.ts";
import { inRows, tiledPicture } from "../tiled_picture.ts";
import type { Region } from "./receptive_field.ts";
import type { TopImages } from "./top_images.ts";

/** How {@link topImagesPicture} draws. */
export interface TopImagesPictureOptions {
  /** Side of an image and of a region, in pixels, at most. Default: 128. */
  readonly tile?: number;
}

/** Images in a row of a block. */
const across = 3;

/**
 * Draws the most activating images of filters.
 *
 * Pixels are repeated, or averaged in whole blocks and rounded, so that nothing
 * is shifted. A region is as large as its tile allows.
 *
 * @param found See `topImages`.
 * @param squareOf The square that the network is fed for an image, by its rank.
 * @param options See {@link TopImagesPictureOptions}.
 * @returns Blocks in the order of the filters, in rows; a block has its images
 * at the left and their regions at the right. Or the error of `squareOf`.
 */
export const topImagesPicture: <E = never, R = never>(
  found: TopImages,
  squareOf: (index: number) => Effect.Effect<Image, E, R>,
  options?: TopImagesPictureOptions,
) => Effect.Effect<Image, E, R> = Effect.fn("topImagesPicture")(
  function* <E = never, R = never>(
    { filters, side }: TopImages,
    squareOf: (index: number) => Effect.Effect<Image, E, R>,
    { tile = 128 }: TopImagesPictureOptions = {},
  ) {
    const blocks: Image[] = [];
    for (const { top } of filters) {
      const images: Image[] = [];
      const regions: Image[] = [];
      for (const { index, region } of top) {
        const square = yield* squareOf(index);
        images.push(fitted(square, tile, side));
        regions.push(fitted(cut(square, region), tile, side));
      }
      const halves = [images, regions].map((tiles) =>
        tiledPicture(inBlock(tiles), { border: 1, margin: 0 })
      );
      blocks.push(tiledPicture([halves], { border: 4, margin: 0 }));
    }
    return tiledPicture(inRows(blocks, 2), { border: 12 });
  },
);

const inBlock = <A>(tiles: readonly A[]): readonly (readonly A[])[] =>
  Array.from(
    { length: Math.ceil(tiles.length / across) },
    (_, row) => tiles.slice(across * row, across * (row + 1)),
  );

/** Cuts a region out of an image. */
const cut = (
  image: Image,
  { left, top, width, height }: Region,
): Image => {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * image.width + left);
    data.set(image.data.subarray(from, from + 3 * width), 3 * y * width);
  }
  return { width, height, data };
};

/**
 * As large as a tile allows, by a whole factor, in the middle of a white
 * square that is as large as the input in the same tile.
 */
const fitted = (image: Image, tile: number, side: number): Image => {
  const room = scaledSide(side, tile);
  const largest = Math.max(image.width, image.height);
  const scaled = largest > room
    ? reduced(image, Math.ceil(largest / room))
    : enlarge(image, Math.floor(room / largest));
  const { width, height } = scaled;
  const left = Math.floor((room - width) / 2);
  const top = Math.floor((room - height) / 2);
  const data = new Uint8Array(3 * room ** 2).fill(255);
  for (let y = 0; y < height; y++) {
    data.set(
      scaled.data.subarray(3 * y * width, 3 * (y + 1) * width),
      3 * ((top + y) * room + left),
    );
  }
  return { width: room, height: room, data };
};

const scaledSide = (side: number, tile: number): number =>
  side > tile
    ? Math.floor(side / Math.ceil(side / tile))
    : side * Math.floor(tile / side);

/** Means of whole blocks of pixels; what is left at the edges is cut. */
const reduced = ({ width, height, data }: Image, factor: number): Image => {
  const small = {
    width: Math.max(1, Math.floor(width / factor)),
    height: Math.max(1, Math.floor(height / factor)),
  };
  const pixels = new Uint8Array(3 * small.width * small.height);
  for (let i = 0; i < pixels.length; i++) {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const left = factor * (pixel % small.width);
    const top = factor * Math.floor(pixel / small.width);
    const right = Math.min(width, left + factor);
    const bottom = Math.min(height, top + factor);
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        sum += data[3 * (y * width + x) + channel]!;
      }
    }
    pixels[i] = Math.round(sum / ((right - left) * (bottom - top)));
  }
  return { ...small, data: pixels };
};
