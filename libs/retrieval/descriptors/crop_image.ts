/**
 * A rectangle of an image, as an image of its own: what a query by a region
 * shows the network.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import type { Image } from "@deepcluster/data";
import { Effect } from "effect";

/** A rectangle of an image, in pixels of the decoded image. */
export interface Box {
  /** Left edge, from 0. */
  readonly x: number;
  /** Upper edge, from 0. */
  readonly y: number;
  /** Pixels across, at least 1. */
  readonly width: number;
  /** Pixels down, at least 1. */
  readonly height: number;
}

/**
 * Cuts a rectangle out of an image.
 *
 * @param image The image.
 * @param box Whole numbers; what lies outside the image is cut off.
 * @returns A copy of the pixels inside, or `OptionError` when a number is no
 * whole number or nothing of the box lies inside.
 */
export const cropImage: (
  image: Image,
  box: Box,
) => Effect.Effect<Image, OptionError> = Effect.fnUntraced(
  function* (image, { x, y, width, height }) {
    const left = Math.max(0, x);
    const top = Math.max(0, y);
    const right = Math.min(image.width, x + width);
    const bottom = Math.min(image.height, y + height);
    const holds = [x, y, width, height].every(Number.isInteger) &&
      right > left && bottom > top;
    if (!holds) {
      return yield* new OptionError({
        action: "crop an image",
        option: "box",
        rule: "four whole numbers x,y,width,height of a rectangle within the " +
          `${image.width} x ${image.height} pixels`,
        value: [x, y, width, height].join(),
      });
    }
    const [across, down] = [right - left, bottom - top];
    const data = new Uint8Array(across * down * 3);
    for (let line = 0; line < down; line++) {
      const from = ((top + line) * image.width + left) * 3;
      data.set(
        image.data.subarray(from, from + across * 3),
        line * across * 3,
      );
    }
    return { width: across, height: down, data };
  },
);
