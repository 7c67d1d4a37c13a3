/**
 * How large a profile is, and what it says of a larger run.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import { type Network, outputShapes } from "@deepcluster/models";
import type { Phase, PhaseCost } from "./phase_timer.ts";

/** Images that are computed on at a time, in a profile or in a run. */
export interface Sizes {
  /** Images of a training step. */
  readonly batch: number;
  /** Images of a forward pass. */
  readonly extractBatch: number;
}

/** A batch to be halved; of one image, batch normalisation has no variance. */
const leastImages = 4;

/**
 * Sizes of the profiles from which the needs of a run are estimated.
 *
 * @param network The run's network.
 * @param run The run's sizes.
 * @param mostBytes Most bytes of activations to be tried, counting the output
 * of each layer once: a training step takes up to three times as much, besides
 * the parameters.
 * @returns The run's own sizes where they are small enough; else smaller ones,
 * and these halved, for memory grows in proportion.
 *
 * @example A step of VGG-16 is tried with fewer images
 * ```ts
 * import { vgg16 } from "@deepcluster/models";
 * import { profileSizes } from "@deepcluster/training";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(vgg16({ sobel: true }));
 * const run = { batch: 256, extractBatch: 1 };
 * const [larger, smaller] = profileSizes(network, run, 2 ** 31);
 * assert.equal(larger.batch, 12);
 * assert.equal(smaller?.batch, 6);
 * ```
 */
export const profileSizes = (
  network: Network,
  run: Sizes,
  mostBytes: number,
): readonly [Sizes] | readonly [Sizes, Sizes] => {
  const perImage = Object.values(outputShapes(network, 1))
    .reduce((bytes, shape) => bytes + 4 * sizeOf(shape), 0);
  const most = Math.max(leastImages, Math.floor(mostBytes / perImage));
  const tried = (images: number) => Math.min(images, most);
  const halved = (images: number) =>
    images > most ? Math.floor(most / 2) : images;
  const { batch, extractBatch } = run;
  const larger = { batch: tried(batch), extractBatch: tried(extractBatch) };
  return batch === larger.batch && extractBatch === larger.extractBatch
    ? [larger]
    : [larger, { batch: halved(batch), extractBatch: halved(extractBatch) }];
};

/** Costs of a profile of some sizes. */
export interface SizedCosts {
  /** The profile's sizes. */
  readonly sizes: Sizes;
  /** What it took. */
  readonly laps: Readonly<Record<Phase, PhaseCost>>;
}

/**
 * What phases would take with other batches. Memory grows by as much for each
 * further image as between the profiles; an image takes as long as before.
 *
 * @param profiles One profile of the very sizes, or a larger and a smaller one.
 * @param run The run's sizes.
 * @returns Costs of a profile of that size.
 */
export const extended = (
  [larger, smaller = larger]: readonly [SizedCosts, ...SizedCosts[]],
  run: Sizes,
): Readonly<Record<Phase, PhaseCost>> => {
  const extend = (phase: Phase, size: keyof Sizes): PhaseCost => {
    const [lap, other] = [larger.laps[phase], smaller.laps[phase]];
    const images = larger.sizes[size] - smaller.sizes[size];
    const bytes = Math.max(0, lap.peakBytes - other.peakBytes);
    const further = run[size] - larger.sizes[size];
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
