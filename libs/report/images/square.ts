/**
 * An image as a small square: the centre that clustering sees.
 *
 * @module
 */
import {
  centreCrop,
  type Image,
  makePillowResampler,
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
export const squareOf = (image: Image, side: number): Uint8Array => {
  const planes = new Float32Array(3 * side * side);
  const view = centreCrop(image, resizeFor(side), side);
  makePillowResampler({ width: side, height: side }, unscaled, "bilinear")(
    image,
    view,
    planes,
    0,
  );
  const pixels = new Uint8Array(planes.length);
  for (let i = 0, plane = side * side; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[3 * i + channel] = planes[channel * plane + i]!;
    }
  }
  return pixels;
};

const unscaled = { scale: [1, 1, 1], shift: [0, 0, 0] } as const;

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
