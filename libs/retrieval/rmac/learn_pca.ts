/**
 * The PCA of R-MAC for a collection that has no other dataset to learn from:
 * learned on a sample of itself.
 *
 * Departure: the paper learns it on another dataset of the same kind.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  type OptionError,
  Progress,
  rowsOf,
} from "@deepcluster/core";
import type { PcaError } from "@deepcluster/clustering";
import type { ImageError, ImageSet } from "@deepcluster/data";
import type { Backend } from "@deepcluster/gpu-backend";
import { Effect, Stream } from "effect";
import { namingImage } from "../descriptors/decode_as_seen.ts";
import type { DescribeError } from "../descriptors/descriptor.ts";
import type { RmacDescriptor } from "./rmac_descriptor.ts";
import { fitRmacPca, type RmacPca, type RmacPcaOptions } from "./rmac_pca.ts";

/** Options of {@link learnRmacPca}. */
export interface LearnPcaOptions extends RmacPcaOptions {
  /** Images of the sample, at most. Default: 1000. */
  readonly images?: number;
}

/** What {@link learnRmacPca} can fail with. */
export type LearnPcaError =
  | DescribeError
  | ImageError
  | OptionError
  | PcaError;

/** A PCA, and the images that it was learned on. */
export interface LearnedPca extends RmacPca {
  /** How many. */
  readonly images: number;
}

/**
 * Learns the PCA on images spread evenly over a set.
 *
 * Holds the regions of the sample in memory: 80 MB for 1000 photographs of 512
 * channels. Repeatable.
 *
 * @param descriptor One without PCA.
 * @param images The set; all of it where it is no larger than the sample.
 * @param options See {@link LearnPcaOptions}.
 * @returns The PCA, or `OptionError` when there are no more regions than
 * dimensions, or the errors of descriptor, images and PCA.
 */
export const learnRmacPca: (
  descriptor: Pick<RmacDescriptor, "regions">,
  images: ImageSet,
  options?: LearnPcaOptions,
) => Effect.Effect<LearnedPca, LearnPcaError, Backend | Progress> = Effect.fn(
  "learnRmacPca",
)(function* (descriptor, images, { images: most = 1000, dimensions } = {}) {
  const { report } = yield* Progress;
  const count = Math.min(most, images.size);
  const indices = Array.from(
    { length: count },
    (_, i) => Math.floor(i * images.size / count),
  );
  const blocks: Matrix[] = [];
  const tell = Effect.suspend(() =>
    report({ phase: "pca", done: blocks.length, total: count, unit: "images" })
  );
  yield* tell;
  yield* Stream.fromIterable(indices).pipe(
    Stream.mapEffect(images.decoded, { concurrency: 3 }),
    Stream.runForEach(Effect.fnUntraced(function* (image) {
      const id = images.id(indices[blocks.length]!);
      const { vectors } = yield* descriptor.regions(image).pipe(
        Effect.catchTag("DivergedFeaturesError", namingImage([id])),
      );
      blocks.push(vectors);
      yield* tell;
    })),
  );
  const pca = yield* fitRmacPca(
    rowsOf(stacked(blocks)),
    dimensions === undefined ? {} : { dimensions },
  );
  return { ...pca, images: count };
});

const stacked = (blocks: readonly Matrix[]): Matrix => {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const all = matrix(rows, blocks[0]?.columns ?? 1);
  let at = 0;
  for (const { data } of blocks) {
    all.data.set(data, at);
    at += data.length;
  }
  return all;
};
