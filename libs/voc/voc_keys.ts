/**
 * What the state of a fine-tuning on PASCAL VOC belongs to.
 *
 * @module
 */
import type { ReadableVocSet, VocSet } from "@deepcluster/datasets";
import {
  bytesOf,
  canonicalJson,
  encoded,
  sha256Of,
} from "@deepcluster/storage";
import type { VocSettings } from "./paper_settings.ts";

/**
 * Version of what is computed. A change of the code that changes a figure for
 * the same inputs raises it, one of an engine's lowerings too. 2: convolutions
 * of many channels by Winograd's tiles; 3: by other tiles, and more of them, and
 * small networks with their axes reversed; 4: more tiles for VGG-16, and filters
 * that never change transformed by one product; 5: trained filters too, and
 * normalisation by constant statistics is part of the filters.
 */
const vocVersion = 5;

/** What decides the next step of a fine-tuning on PASCAL VOC. */
export interface VocInputs {
  /** See {@link modelIdentity}. */
  readonly model: string;
  /** Names of the classes, by number. */
  readonly classes: readonly string[];
  /** Tells the training images from all others, by content. */
  readonly images: string;
  /** What decodes them. */
  readonly decoder: string;
  /** What is on them, `[images, classes]`. */
  readonly targets: Float32Array;
  /** All settings but how long it is trained and how it is evaluated then. */
  readonly settings: Omit<VocSettings, "crops" | "iterations">;
}

/**
 * Says what the state of such a training belongs to, field by field, for a
 * message to name what differs. The engine is left out, as it is of runs:
 * whoever resumes may have another one.
 *
 * @param inputs See {@link VocInputs}.
 * @returns Plain data.
 */
export const vocStateOwner = (
  { targets, ...inputs }: VocInputs,
): Omit<VocInputs, "targets"> & {
  readonly labels: string;
  readonly version: number;
} => ({
  ...inputs,
  labels: sha256Of(bytesOf(targets)),
  version: vocVersion,
});

type VocSetContent = Pick<
  ReadableVocSet,
  "classes" | "contentHash" | "targets"
>;

/**
 * Tells both sets of a split from all others: images by name and content, with
 * what is on them.
 *
 * @param training Learned from.
 * @param test Evaluated on.
 * @returns 64 hexadecimal digits.
 */
export const vocDataIdentity = (
  training: VocSetContent,
  test: VocSetContent,
): string =>
  sha256Of(
    ...[training, test].flatMap(({ classes, contentHash, targets }) => [
      encoded(canonicalJson({ classes, contentHash })),
      bytesOf(targets.data),
    ]),
  );

/**
 * What versions before 2 told the images of such a training apart by.
 *
 * @param set Names of classes and images, and what is on these.
 * @returns 64 hexadecimal digits.
 */
export const earlierVocImages = (
  { classes, source: { ids }, targets: { data } }: VocSet,
): string => sha256Of(encoded(canonicalJson({ classes, ids })), bytesOf(data));
