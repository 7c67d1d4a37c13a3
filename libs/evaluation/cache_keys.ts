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
import {
  type EvaluatedLayer,
  type FeaturesInputs,
  featuresVersion,
  layerInKeys,
} from "@deepcluster/features";
import { bytesOf, encoded, keyOf, sha256Of } from "@deepcluster/storage";

/**
 * Versions of what is computed, part of every key. A change of the code that
 * changes a figure or a feature for the same inputs raises the number here;
 * results of the earlier code are then no longer found.
 */
export const protocolVersions = {
  /** Nearest neighbours, and intervals of accuracies. */
  knn: 2,
  /** Linear probes, augmented images among them. */
  linear: 3,
  /** Linear probes on few images. */
  "low-shot": 3,
  /** PCA, k-means and their agreement with labels. */
  clusters: 3,
} as const;

/** What decides which images of a place can be decoded. */
export interface SurveyInputs {
  /** Absolute path of the folder or file that names the images. */
  readonly source: string;
  /** Short side to which they are reduced while decoded; 0: they are not. */
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
  /**
   * Short side to which they are reduced while decoded; Infinity: they are not.
   * Default: what suits the paper's crops of that size.
   */
  readonly maxShortSide?: number;
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
  { digests, size, maxShortSide, decoder }: ImagesInputs,
): string => {
  const reduced = maxShortSide === undefined ? "" : ` below ${maxShortSide}`;
  return sha256Of(encoded(`${size} ${decoder}${reduced}\n`), digests);
};

/** Some of the images, with what a protocol is told of them. */
export interface PartInputs {
  /** Which of the images, ascending. */
  readonly images: Int32Array;
  /** Number of each one's class. */
  readonly labels: Int32Array;
}

/** What decides which labelled images a figure is of. */
export interface DataInputs {
  /** SHA-256 of each image's bytes, 32 bytes after 32 bytes, by index. */
  readonly digests: Uint8Array;
  /** What is learned from. */
  readonly train: PartInputs;
  /** What is evaluated on. */
  readonly test: PartInputs;
}

/**
 * Tells labelled images and their split from all others, by content, so that
 * figures of different models are compared on the same images only. The size
 * at which a model sees them takes no part, nor do names of files and classes.
 *
 * @param inputs See {@link DataInputs}.
 * @returns 64 hexadecimal digits.
 */
export const dataIdentity = (
  { digests, train, test }: DataInputs,
): string =>
  sha256Of(
    encoded(`${train.images.length} ${test.images.length}\n`),
    ...[train, test].flatMap(({ images, labels }) => [
      digestsAt(digests, images),
      bytesOf(labels),
    ]),
  );

/**
 * Takes some of many digests.
 *
 * @param digests 32 bytes after 32 bytes.
 * @param indices Which, shape `[n]`.
 * @returns `32 n` bytes.
 */
export const digestsAt = (
  digests: Uint8Array,
  indices: Int32Array,
): Uint8Array => {
  const some = new Uint8Array(32 * indices.length);
  for (const [at, index] of indices.entries()) {
    some.set(digests.subarray(32 * index, 32 * index + 32), 32 * at);
  }
  return some;
};

/** What decides the results of a protocol on a layer. */
export interface ResultInputs extends FeaturesInputs {
  /** What is done. */
  readonly protocol: keyof typeof protocolVersions;
  /** Whose features. */
  readonly layer: EvaluatedLayer;
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
  { train, test, layer, ...inputs }: ResultInputs,
): string =>
  keyOf({
    ...inputs,
    layer: layerInKeys(layer),
    train: [sha256Of(bytesOf(train.images)), sha256Of(bytesOf(train.labels))],
    test: [sha256Of(bytesOf(test.images)), sha256Of(bytesOf(test.labels))],
    versions: [featuresVersion, protocolVersions[inputs.protocol]],
  });
