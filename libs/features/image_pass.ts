/**
 * What a pass of a network reads: the images of a set in order, from any
 * sampleIndex on.
 *
 * @module
 */
import {
  type Batch,
  batches,
  type ImageError,
  type ImageSet,
  type Transform,
} from "@deepcluster/data";
import type { Stream } from "effect";

/** A set of images that can be read in order from any image. */
export interface ImagePass<E = never, R = never> {
  /** Images in the set. */
  readonly count: number;
  /** Images of a batch, and of one run of the network. */
  readonly batch: number;
  /** Name of an image by its index in the set, for errors. Default: none. */
  readonly id?: (index: number) => string;
  /**
   * Batches of the images at `sampleIndex`, `sampleIndex + 1`, … to the last; each
   * full but the last. A batch is done with before the next is asked for.
   */
  readonly from: (sampleIndex: number) => Stream.Stream<Batch, E, R>;
}

/**
 * A pass over a set of images in its order, decoding ahead.
 *
 * With several views of an image, its rows follow one another: row
 * `i * views + v` is view `v` of image `i`, which the transform knows as the
 * sampleIndex `i * views + v`.
 *
 * @param set The images.
 * @param transform What becomes of each image: the centre crop in the paper.
 * @param batch Rows of a batch.
 * @param views Times that each image is seen; once when absent.
 * @returns The pass; a batch fails with what reading the set fails with.
 */
export const imagePass = (
  set: ImageSet,
  transform: Transform,
  batch: number,
  views = 1,
): ImagePass<ImageError> => ({
  count: set.size * views,
  batch,
  id: set.id,
  from: (sampleIndex) => {
    const order = Int32Array.from(
      { length: set.size * views - sampleIndex },
      (_, i) => Math.floor((sampleIndex + i) / views),
    );
    return batches(set, order, transform, {
      batchSize: batch,
      firstSampleIndex: sampleIndex,
    });
  },
});
