/**
 * An image as a small square: the centre that clustering sees.
 *
 * @module
 */
import {
  centreCrop,
  type Image,
  makePillowResizer,
  resizeFor,
} from "@deepcluster/data";

/**
 * The centre of an image as a square, the part of it that clustering sees: 224
 * of 256 pixels of the short side. All is computed in whole grey levels, as
 * Pillow does, so that an image gives the same bytes on every machine.
 *
 * @param image Any image.
 * @param side Pixels across and down; images with fewer are enlarged.
 * @returns RGB, `[side, side, 3]`.
 */
export const squareOf = (image: Image, side: number): Uint8Array =>
  resizerOf(side)(image, centreCrop(image, resizeFor(side), side)).slice();

/** One for each side. */
const resizers = new Map<number, ReturnType<typeof makePillowResizer>>();

const resizerOf = (side: number) => {
  const resizer = resizers.get(side) ??
    makePillowResizer({ width: side, height: side }, "bilinear");
  resizers.set(side, resizer);
  return resizer;
};

/**
 * Side of the square that shows all pixels of the centre of an image and
 * invents none.
 *
 * @param image Its size.
 * @param most Largest side.
 * @returns Pixels, 1 to `most`.
 */
export const sideWithin = (
  { width, height }: Pick<Image, "width" | "height">,
  most: number,
): number =>
  Math.max(
    1,
    Math.min(most, Math.floor(Math.min(width, height) * 224 / 256)),
  );
