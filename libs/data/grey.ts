/**
 * Colours as levels of grey, as Pillow's mode `L` has them: ITU-R 601-2 luma in
 * fixed point.
 *
 * Reference: A. Clark et al., Pillow 9.4, `src/libImaging/Convert.c`.
 *
 * @module
 */
import type { Image } from "./image.ts";

/**
 * Makes an image grey.
 *
 * @param image The image.
 * @returns A copy whose three channels hold its level of grey.
 */
export const greyOf = ({ width, height, data }: Image): Image => {
  const grey = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const luma = data[i]! * 19595 + data[i + 1]! * 38470 + data[i + 2]! * 7471;
    grey.fill((luma + 0x8000) >> 16, i, i + 3);
  }
  return { width, height, data: grey };
};
