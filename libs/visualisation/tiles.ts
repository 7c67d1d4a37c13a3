/**
 * Images of any kind as small squares of pixels.
 *
 * @module
 */
import {
  decode,
  type Image,
  type ImagePayload,
  type UnreadableImageError,
} from "@deepcluster/data";
import { Effect } from "effect";
import sharp from "sharp";

/** An image to show: decoded, or as it lies in its source. */
export type SheetImage = Image | ImagePayload;

/**
 * The largest centred square of an image, resized; on white where the image
 * is transparent.
 *
 * @param name Names the image in the error.
 * @param image Any image.
 * @param size Pixels across and down.
 * @returns RGB, shape `[size, size, 3]`, or `UnreadableImageError`.
 */
export const tilePixels: (
  name: string,
  image: SheetImage,
  size: number,
) => Effect.Effect<Uint8Array, UnreadableImageError> = Effect.fn("tilePixels")(
  function* (
    name,
    image,
    size,
  ) {
    const { width, height, data } = "kind" in image
      ? yield* decode(name, image, { maxShortSide: size })
      : image;
    if (width === size && height === size) return data;
    return yield* Effect.promise(() =>
      sharp(data, { raw: { width, height, channels: 3 } })
        .resize(size, size, { fit: "cover" }).raw().toBuffer()
    );
  },
);
