/**
 * How VOC classification sees images: random crops of a tenth to a half of the
 * image in training, ten crops of each in evaluation.
 *
 * Paper: section 4.4, and the authors' `eval_voc_classif.py`: squares, mirrored
 * half of the time, resized to the network's input.
 *
 * @module
 */
import {
  type DecodedCache,
  type DecodeOptions,
  type ImageSet,
  imageSet,
  tenCropTransform,
  trainingTransform,
  type Transform,
} from "@deepcluster/data";
import type { VocSet } from "@deepcluster/datasets";
import { Effect } from "effect";
import type { VocSettings } from "./paper_settings.ts";
import { cropsOfImage } from "./voc_graph.ts";

/** The settings that decide what is seen. */
export type VocCropSettings = Pick<VocSettings, "crops" | "cropScale" | "seed">;

/**
 * The images of a set, reduced no further than the smallest crop allows.
 *
 * Images that are larger lose nothing that the network could have seen.
 *
 * @param set Whose images.
 * @param side Of the network's input.
 * @param settings How large crops are.
 * @param cache Keeps decoded images of this set; nothing is kept if absent.
 * @returns The images.
 */
export const vocImages = (
  { source }: VocSet,
  side: number,
  { cropScale: [least] }: VocCropSettings,
  cache?: DecodedCache,
): ImageSet => {
  const options: DecodeOptions = {
    maxShortSide: Math.ceil(side / Math.sqrt(least)),
  };
  return imageSet(source, { ...options, ...cache && { cache } });
};

/** Draws of training are named by epoch 0, those of evaluation by epoch 1. */
const [inTraining, inTest] = [0, 1];

/**
 * What training sees: a random square of the image.
 *
 * @param side Of the network's input.
 * @param settings How large it is, and the seed.
 * @returns The transform; draws are named by the image's place among all
 * images of all steps.
 */
export const vocTrainingCrop = (
  side: number,
  { cropScale, seed }: VocCropSettings,
): Transform =>
  trainingTransform({
    crop: side,
    seed,
    epoch: inTraining,
    region: { scale: cropScale, ratio: [1, 1] },
  });

/**
 * What evaluation sees: ten random squares of an image, or corners, centre and
 * their mirrors.
 *
 * @param side Of the network's input.
 * @param settings Which crops.
 * @returns The transform, for the order of {@link tenTimesEach}.
 */
export const vocTestCrop = (
  side: number,
  { crops, cropScale, seed }: VocCropSettings,
): Transform =>
  crops === "fixed" ? tenCropTransform({ crop: side }) : trainingTransform({
    crop: side,
    seed,
    epoch: inTest,
    region: { scale: cropScale, ratio: [1, 1] },
  });

/**
 * Every image ten times in a row.
 *
 * @param images Number of images.
 * @returns Indices, ten of each.
 */
export const tenTimesEach = (images: number): Int32Array =>
  Int32Array.from(
    { length: images * cropsOfImage },
    (_, place) => Math.floor(place / cropsOfImage),
  );

/**
 * A set whose images are decoded once for all requests of one image in a row.
 *
 * @param set The images.
 * @returns The same images.
 */
export const decodedOnceInARow = (set: ImageSet): ImageSet => {
  let held: { index: number; image: ReturnType<ImageSet["decoded"]> };
  return {
    ...set,
    decoded: (index) =>
      Effect.suspend(() => {
        if (held?.index === index) return held.image;
        return Effect.flatMap(Effect.cached(set.decoded(index)), (image) => {
          held = { index, image };
          return image;
        });
      }),
  };
};
