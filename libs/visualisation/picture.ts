/**
 * Pictures made of whole numbers: values become bytes here, and pixels are
 * repeated here. The image library only writes the file: given floats it would
 * round them its own way, and its enlarging moves a picture by half a pixel.
 *
 * @module
 */
import type { Image } from "@deepcluster/data";
import { Effect } from "effect";
import sharp from "sharp";

/**
 * Enlarges an image by repeating each pixel.
 *
 * @param image Any image.
 * @param factor Times across and down, an integer >= 1.
 * @returns Its pixel at `[factor * y + i, factor * x + j]` is the image's at
 * `[y, x]`, for all `i` and `j` below `factor`.
 *
 * @example One pixel becomes four
 * ```ts
 * import { enlarge } from "@deepcluster/visualisation";
 * import assert from "node:assert/strict";
 *
 * const red = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) };
 * assert.deepEqual(enlarge(red, 2), {
 *   width: 2,
 *   height: 2,
 *   data: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0),
 * });
 * ```
 */
export const enlarge = (image: Image, factor: number): Image => {
  if (factor === 1) return image;
  const [width, height] = [factor * image.width, factor * image.height];
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < image.height; y++) {
    const first = 3 * factor * y * width;
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * image.width + Math.floor(x / factor));
      data.set(image.data.subarray(from, from + 3), first + 3 * x);
    }
    for (let copy = 1; copy < factor; copy++) {
      data.copyWithin(first + 3 * copy * width, first, first + 3 * width);
    }
  }
  return { width, height, data };
};

/**
 * Writes an image as a PNG. The same pixels give the same bytes.
 *
 * @param image Any image.
 * @returns The bytes of the file.
 */
export const encodePng = (
  { width, height, data }: Image,
): Effect.Effect<Uint8Array> =>
  Effect.promise(() =>
    sharp(data, {
      raw: { width, height, channels: 3 },
      limitInputPixels: false,
    }).png().toBuffer()
  );
