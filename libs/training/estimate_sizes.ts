/**
 * How large a trial is, and what it says of a larger run.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import { type Network, outputShapes } from "@deepcluster/models";
import type { Lap, Phase } from "./estimate_laps.ts";

/** Images that are computed on at a time, in a trial or in a run. */
export interface Sizes {
  /** Images of a training step. */
  readonly batch: number;
  /** Images of a forward pass. */
  readonly extractBatch: number;
}

/** A batch to be halved; of one image, batch normalisation has no variance. */
const leastImages = 4;

/**
 * Sizes of the trials that tell what a run needs.
 *
 * @param network The run's network.
 * @param wanted The run's sizes.
 * @param mostBytes Most bytes of activations to be tried, counting the output
 * of each layer once: a training step takes up to three times as much, besides
 * the parameters.
 * @returns The run's own sizes where they are small enough; else smaller ones,
 * and these halved, for memory grows in proportion.
 *
 * @example A step of VGG-16 is tried with fewer images
 * ```ts
 * import { vgg16 } from "@deepcluster/models";
 * import { trialSizes } from "@deepcluster/training";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(vgg16({ sobel: true }));
 * const wanted = { batch: 256, extractBatch: 1 };
 * const [larger, smaller] = trialSizes(network, wanted, 2 ** 31);
 * assert.equal(larger.batch, 12);
 * assert.equal(smaller?.batch, 6);
 * ```
 */
export const trialSizes = (
  network: Network,
  wanted: Sizes,
  mostBytes: number,
): readonly [Sizes] | readonly [Sizes, Sizes] => {
  const perImage = Object.values(outputShapes(network, 1))
    .reduce((bytes, shape) => bytes + 4 * sizeOf(shape), 0);
  const most = Math.max(leastImages, Math.floor(mostBytes / perImage));
  const tried = (images: number) => Math.min(images, most);
  const halved = (images: number) =>
    images > most ? Math.floor(most / 2) : images;
  const { batch, extractBatch } = wanted;
  const larger = { batch: tried(batch), extractBatch: tried(extractBatch) };
  return batch === larger.batch && extractBatch === larger.extractBatch
    ? [larger]
    : [larger, { batch: halved(batch), extractBatch: halved(extractBatch) }];
};

/** Laps of a trial of some sizes. */
export interface SizedLaps {
  /** The trial's sizes. */
  readonly sizes: Sizes;
  /** What it took. */
  readonly laps: Readonly<Record<Phase, Lap>>;
}

/**
 * What phases would take with other batches. Memory grows by as much for each
 * further image as between the trials; an image takes as long as before.
 *
 * @param trials One trial of the very sizes, or a larger and a smaller one.
 * @param wanted The run's sizes.
 * @returns Laps of a trial of that size.
 */
export const extended = (
  [larger, smaller = larger]: readonly [SizedLaps, ...SizedLaps[]],
  wanted: Sizes,
): Readonly<Record<Phase, Lap>> => {
  const extend = (phase: Phase, size: keyof Sizes): Lap => {
    const [lap, other] = [larger.laps[phase], smaller.laps[phase]];
    const images = larger.sizes[size] - smaller.sizes[size];
    const bytes = Math.max(0, lap.peakBytes - other.peakBytes);
    const further = wanted[size] - larger.sizes[size];
    return images === 0
      ? lap
      : { ...lap, peakBytes: lap.peakBytes + further * bytes / images };
  };
  return {
    ...larger.laps,
    extract: extend("extract", "extractBatch"),
    train: extend("train", "batch"),
  };
};
