/**
 * The keys under which features, results and the state of probes are kept,
 * each made of everything that decides what is kept there.
 *
 * What is found under a key is shown without being computed again. An input
 * that a key left out would let one question be answered with the figure of
 * another, so all keys are written here, and the test beside this file changes
 * every input in turn.
 *
 * @module
 */
import { canonicalJson, sha256Of } from "@deepcluster/checkpoint";
import type { Tensors } from "@deepcluster/core";
import type { EngineIdentity } from "@deepcluster/gpu-backend";
import type { Network } from "@deepcluster/models";
import type { Crops } from "./crops.ts";
import type { JudgedLayer } from "./layer_pools.ts";
import type { VocSet } from "./voc/image_sets.ts";
import type { VocSettings } from "./voc/settings.ts";

/**
 * Versions of what is computed, part of every key. A change of the code that
 * changes a figure or a feature for the same inputs raises the number here;
 * results of the earlier code are then no longer found.
 */
export const protocolVersions = {
  /** Crops, the network's pass, poolings. */
  features: 2,
  /** Nearest neighbours, and intervals of accuracies. */
  knn: 2,
  /** Linear probes, augmented images among them. */
  linear: 2,
  /** Linear probes on few images. */
  "low-shot": 2,
  /** PCA, k-means and their agreement with labels. */
  clusters: 2,
  /** Fine-tuning on PASCAL VOC. */
  voc: 1,
} as const;

/** What decides the weights that are evaluated. */
export interface ModelInputs {
  /** Layers and input. */
  readonly network: Network;
  /** Parameters by name. */
  readonly parameters: Tensors;
}

/**
 * Tells weights from all others.
 *
 * @param inputs See {@link ModelInputs}.
 * @returns 64 hexadecimal digits.
 */
export const modelIdentity = (
  { network, parameters }: ModelInputs,
): string => {
  const names = Object.keys(parameters).sort();
  const shapes = names.map((name) => {
    const { dtype, shape } = parameters[name]!;
    return [name, dtype, shape];
  });
  return sha256Of(
    encoded(canonicalJson({ network, shapes })),
    ...names.map((name) => bytesOf(parameters[name]!.data)),
  );
};

/**
 * Tells the pixels of centre crops from all weights.
 *
 * @param size Side of the crop, in pixels.
 * @returns 64 hexadecimal digits.
 */
export const pixelsIdentity = (size: number): string =>
  sha256Of(encoded(`pixels ${size}`));

/** What decides which images of a place can be decoded. */
export interface SurveyInputs {
  /** Absolute path of the folder or file that names the images. */
  readonly source: string;
  /** Short side to which they are reduced while they are decoded. */
  readonly maxShortSide: number;
  /** What decodes them. */
  readonly decoder: string;
}

/**
 * Names the table of what is known of files; each row of it says besides for
 * which path, size, times and inode it counts.
 *
 * @param inputs See {@link SurveyInputs}.
 * @returns 24 hexadecimal digits.
 */
export const surveyKey = (inputs: SurveyInputs): string => keyOf({ ...inputs });

/** What decides the pixels that a model is shown. */
export interface ImagesInputs {
  /** SHA-256 of each image's bytes, 32 bytes after 32 bytes, in order. */
  readonly digests: Uint8Array;
  /** Side of the square that models see, in pixels. */
  readonly size: number;
  /** What decodes them. */
  readonly decoder: string;
}

/**
 * Tells images from all others, by their content: neither names nor places
 * nor times of files take part.
 *
 * @param inputs See {@link ImagesInputs}.
 * @returns 64 hexadecimal digits.
 */
export const imagesIdentity = (
  { digests, size, decoder }: ImagesInputs,
): string => sha256Of(encoded(`${size} ${decoder}\n`), digests);

/** What decides the features of a layer. */
export interface FeaturesInputs {
  /** See {@link modelIdentity}. */
  readonly model: string;
  /** See {@link imagesIdentity}. */
  readonly images: string;
  /** Views of an image. */
  readonly crops: Crops;
  /** Images of a run of the network: other counts may give other bits. */
  readonly batch: number;
  /** What computes. */
  readonly engine: EngineIdentity;
}

/**
 * Names the folder for the features of a model's layers.
 *
 * @param inputs See {@link FeaturesInputs}.
 * @returns 24 hexadecimal digits.
 */
export const featuresKey = (inputs: FeaturesInputs): string =>
  keyOf({ ...inputs, versions: [protocolVersions.features] });

/**
 * Names the file for the features of a layer, within that folder.
 *
 * @param layer Its output and its pooling count, not its name alone.
 * @returns Such as `conv1-0123456789ab.f32`.
 */
export const layerFile = (layer: JudgedLayer): string =>
  `${layer.name}-${keyOf(layer).slice(0, 12)}.f32`;

/** Some of the images, with what a protocol is told of them. */
export interface PartInputs {
  /** Which of the images, ascending. */
  readonly images: Int32Array;
  /** Number of each one's class. */
  readonly labels: Int32Array;
}

/** What decides the results of a protocol on a layer. */
export interface ResultInputs extends FeaturesInputs {
  /** What is done. */
  readonly protocol: Exclude<keyof typeof protocolVersions, "features" | "voc">;
  /** Whose features. */
  readonly layer: JudgedLayer;
  /** What is learned from. */
  readonly train: PartInputs;
  /** What is evaluated on. */
  readonly test: PartInputs;
  /** Names of the classes, by number. */
  readonly classNames: readonly string[];
  /** Names all draws. */
  readonly seed: number;
  /** Plain data: all options that count, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Names the file for the results of a protocol on a layer, and that of its
 * state while it is under way.
 *
 * @param inputs See {@link ResultInputs}.
 * @returns 24 hexadecimal digits.
 */
export const resultKey = (
  { train, test, ...inputs }: ResultInputs,
): string =>
  keyOf({
    ...inputs,
    train: [sha256Of(bytesOf(train.images)), sha256Of(bytesOf(train.labels))],
    test: [sha256Of(bytesOf(test.images)), sha256Of(bytesOf(test.labels))],
    versions: [protocolVersions.features, protocolVersions[inputs.protocol]],
  });

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
export const vocStateOwner = ({ targets, ...inputs }: VocInputs) => ({
  ...inputs,
  labels: sha256Of(bytesOf(targets)),
  version: protocolVersions.voc,
});

/**
 * What versions before 2 told the images of such a training apart by.
 *
 * @param set Names of classes and images, and what is on these.
 * @returns 64 hexadecimal digits.
 */
export const earlierVocImages = (
  { classes, source: { ids }, targets: { data } }: VocSet,
): string => sha256Of(encoded(canonicalJson({ classes, ids })), bytesOf(data));

/**
 * What versions before 2 told weights apart by, for the states of trainings
 * that they left.
 *
 * @param inputs See {@link ModelInputs}.
 * @returns 64 hexadecimal digits.
 */
export const earlierModelIdentity = (
  { network, parameters }: ModelInputs,
): string =>
  sha256Of(
    encoded(JSON.stringify(network)),
    ...Object.values(parameters).map(({ data }) => bytesOf(data)),
  );

const keyOf = (plain: unknown): string =>
  sha256Of(encoded(canonicalJson(plain))).slice(0, 24);

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

const bytesOf = (
  { buffer, byteOffset, byteLength }: Float32Array | Int32Array,
): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);
