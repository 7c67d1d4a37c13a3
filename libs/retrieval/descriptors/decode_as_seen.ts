/**
 * Images as a descriptor sees them: reduced while they are decoded, as in
 * training, where they are larger than the network needs.
 *
 * @module
 */
import {
  decode,
  type DecodeOptions,
  type Image,
  type ImagePayload,
  type UnreadableImageError,
} from "@deepcluster/data";
import { DivergedFeaturesError } from "@deepcluster/features";
import { Effect } from "effect";

/**
 * Decodes an image again as a descriptor sees it, where that differs from the
 * image in full size.
 *
 * @param id Name of the image, for the error.
 * @param payload The image as its source has it.
 * @param full The image in full size.
 * @param options `Descriptor.decodeOptions`, and others that `full` was decoded
 * with.
 * @returns `full` itself where it is no larger than `maxShortSide`; else the
 * reduced image, or `UnreadableImageError`.
 */
export const decodeAsSeen = (
  id: string,
  payload: ImagePayload,
  full: Image,
  options: DecodeOptions,
): Effect.Effect<Image, UnreadableImageError> =>
  Math.min(full.width, full.height) <= (options.maxShortSide ?? Infinity)
    ? Effect.succeed(full)
    : decode(id, payload, options);

/**
 * Names the image in the error of a descriptor.
 *
 * @param images Names of the images that were described together.
 * @returns Makes an error that also has the name.
 */
export const namingImage = (
  images: readonly string[],
): (
  error: DivergedFeaturesError,
) => Effect.Effect<never, DivergedFeaturesError> =>
({ index, column, value }) =>
  Effect.fail(
    new DivergedFeaturesError({ index, image: images[index]!, column, value }),
  );
