/**
 * From a decoded image to the network's input: what clustering sees, what
 * training sees, and what linear probes learn from.
 *
 * Paper: section 3.2 (clustering reads centre crops), section 3.4 (random
 * resized crops and horizontal flips in training; the mean and deviation of
 * ImageNet), section 4.3 and the authors' `eval_linear.py` (shifted crops and
 * flips for probes). The paper's sizes, 224 out of 256, are kept in proportion
 * for other crops.
 *
 * @module
 */
import { type Draws, draws } from "@deepcluster/core";
import {
  centreCrop,
  type CropRule,
  defaultRandomCrop,
  type RandomCropOptions,
  randomResizedCrop,
  shiftedCrop,
  tenCrops,
} from "./crops.ts";
import { greyOf } from "./grey.ts";
import type { Image } from "./image.ts";
import { makePillowResampler } from "./pillow_resample.ts";
import {
  type ChannelScaling,
  makeResampler,
  type Resampler,
  type View,
} from "./resample.ts";
import type { Interpolation } from "./resampling_weights.ts";

/** Turns images into `[3, side, side]` floats. */
export interface Transform {
  /** Pixels across and down of what is written. */
  readonly side: number;
  /**
   * Writes `3 * side * side` floats to `out`, starting at `at`. `sampleIndex` is
   * the image's rank in the order of its epoch, from 0: random transforms
   * name their draws by it.
   */
  readonly write: (
    image: Image,
    sampleIndex: number,
    out: Float32Array,
    at: number,
  ) => void;
}

/** `(value / divisor - mean) / deviation`, for values from 0 to 255. */
export interface Normalization {
  /** Divides every value first. Default: 255, which gives 0 to 1. */
  readonly divisor?: number;
  /** Subtracted from each channel, red first. */
  readonly mean: readonly [number, number, number];
  /** Divides each channel afterwards. */
  readonly deviation: readonly [number, number, number];
}

/** Mean and deviation of ImageNet, as everywhere in the field. */
export const imageNetNormalization: Normalization = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/**
 * What {@link clusteringTransform} and {@link tenCropTransform} need. The
 * defaults are the paper's; encoders of others have rules of their own.
 */
export interface ClusteringTransformOptions extends CropRule {
  /** Side of the network's input. */
  readonly crop: number;
  /** Short side before cropping, at least `crop`. Default: {@link resizeFor}. */
  readonly resize?: number;
  /** Filter of the resizing. Default: bilinear. */
  readonly interpolation?: Interpolation;
  /**
   * What resized values are rounded to: nothing, or grey levels after each of
   * two passes, as Pillow does. Default: `none`.
   */
  readonly rounding?: "none" | "pillow";
  /** Whether colours become grey first, as Pillow's mode `L`. Default: false. */
  readonly grey?: boolean;
  /** Default: ImageNet's. */
  readonly normalization?: Normalization;
}

/** What {@link probeTransform} needs. */
export interface ProbeTransformOptions extends ClusteringTransformOptions {
  /** Names every draw, together with `epoch` and the image's `sampleIndex`. */
  readonly seed: number;
  /** Epoch of the probe. */
  readonly epoch: number;
}

/** What {@link trainingTransform} needs. */
export interface TrainingTransformOptions {
  /** Side of the network's input. */
  readonly crop: number;
  /** Names every draw, together with `epoch` and the image's `sampleIndex`. */
  readonly seed: number;
  /** Epoch of the run. */
  readonly epoch: number;
  /** Regions to choose from. Default: {@link defaultRandomCrop}. */
  readonly region?: RandomCropOptions;
  /** Whether half of the images are mirrored. Default: true. */
  readonly flip?: boolean;
  /** Default: ImageNet's. */
  readonly normalization?: Normalization;
}

/**
 * Short side to which clustering resizes: 256 for a crop of 224.
 *
 * @param crop Side of the network's input.
 * @returns `round(crop * 256 / 224)`.
 */
export const resizeFor = (crop: number): number => Math.round(crop * 256 / 224);

/**
 * Short side above which images are reduced when they are decoded: twice the
 * crop, so that a crop of a quarter of the image's area is still not enlarged.
 *
 * Departure: torchvision crops out of the image as it lies on disk. Images
 * with a short side above this lose detail in their smallest crops.
 *
 * @param crop Side of the network's input.
 * @returns The short side, in pixels.
 */
export const decodedShortSideFor = (crop: number): number =>
  Math.max(2 * crop, resizeFor(crop));

/**
 * What clustering sees: the centre of the resized image.
 *
 * @param options See {@link ClusteringTransformOptions}.
 * @returns The transform; it ignores the image's `sampleIndex`.
 */
export const clusteringTransform = (
  options: ClusteringTransformOptions,
): Transform => {
  const { crop, resize = resizeFor(crop) } = options;
  const resample = resamplerOf(options);
  return {
    side: crop,
    write: (image, _sampleIndex, out, at) =>
      resample(image, centreCrop(image, resize, crop, options), out, at),
  };
};

/**
 * What evaluations see that add up ten crops of an image.
 *
 * The crop that is written is number `sampleIndex % 10` of {@link tenCrops}: an
 * order that names every image ten times in a row shows each in full.
 *
 * @param options See {@link ClusteringTransformOptions}.
 * @returns The transform.
 */
export const tenCropTransform = (
  options: ClusteringTransformOptions,
): Transform => {
  const { crop, resize = resizeFor(crop) } = options;
  const resample = resamplerOf(options);
  return {
    side: crop,
    write: (image, sampleIndex, out, at) =>
      resample(
        image,
        tenCrops(image, resize, crop, options)[sampleIndex % 10]!,
        out,
        at,
      ),
  };
};

/**
 * What linear probes learn from when images are augmented: a crop shifted at
 * random, mirrored half of the time.
 *
 * Repeatable: shift and mirroring are functions of the image's size, the seed,
 * the epoch and the `sampleIndex` of the image.
 *
 * @param options See {@link ProbeTransformOptions}.
 * @returns The transform.
 */
export const probeTransform = (
  options: ProbeTransformOptions,
): Transform => {
  const { crop, resize = resizeFor(crop) } = options;
  const resample = resamplerOf(options);
  return augmenting(crop, resample, options, (image, source) => ({
    ...shiftedCrop(image, resize, crop, source, options),
    mirrored: source.uniform() < 0.5,
  }));
};

/**
 * What training sees: a random region, mirrored half of the time.
 *
 * Repeatable: the region and the mirroring are functions of the image's size,
 * the seed, the epoch and the `sampleIndex` of the image.
 *
 * @param options See {@link TrainingTransformOptions}.
 * @returns The transform.
 *
 * @example The same `sampleIndex` of the same epoch is seen alike
 * ```ts
 * import { trainingTransform } from "@deepcluster/data";
 * import assert from "node:assert/strict";
 *
 * const image = {
 *   width: 9,
 *   height: 9,
 *   data: Uint8Array.from({ length: 243 }, (_, i) => i),
 * };
 * const see = (epoch: number) => {
 *   const out = new Float32Array(3 * 4 * 4);
 *   trainingTransform({ crop: 4, seed: 1, epoch }).write(image, 7, out, 0);
 *   return out;
 * };
 * assert.deepEqual(see(2), see(2));
 * assert.notDeepEqual(see(2), see(3));
 * ```
 */
export const trainingTransform = (
  {
    crop,
    seed,
    epoch,
    region = defaultRandomCrop,
    flip = true,
    normalization,
  }: TrainingTransformOptions,
): Transform => {
  const resample = makeResampler(crop, scalingOf(normalization));
  return augmenting(crop, resample, { seed, epoch }, (image, source) => ({
    ...randomResizedCrop(image, crop, region, source),
    mirrored: flip && source.uniform() < 0.5,
  }));
};

/** Views drawn for the `sampleIndex` of an image in an epoch. */
const augmenting = (
  side: number,
  resample: Resampler,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
  viewOf: (image: Image, source: Draws) => View,
): Transform => ({
  side,
  write: (image, sampleIndex, out, at) => {
    const view = viewOf(image, draws(seed, "augment", epoch, sampleIndex));
    resample(image, view, out, at);
  },
});

const resamplerOf = (
  { crop, normalization, interpolation = "bilinear", rounding, grey }:
    ClusteringTransformOptions,
): Resampler => {
  const scaling = scalingOf(normalization);
  const resample = rounding === "pillow"
    ? makePillowResampler({ width: crop, height: crop }, scaling, interpolation)
    : makeResampler(crop, scaling, interpolation);
  return grey ? (image, ...rest) => resample(greyOf(image), ...rest) : resample;
};

/**
 * {@link Normalization} as one multiplication and addition.
 *
 * @param normalization Default: ImageNet's.
 * @returns Factors and summands for values from 0 to 255.
 */
export const scalingOf = (
  { divisor = 255, mean, deviation }: Normalization = imageNetNormalization,
): ChannelScaling => ({
  scale: [
    1 / (divisor * deviation[0]),
    1 / (divisor * deviation[1]),
    1 / (divisor * deviation[2]),
  ],
  shift: [
    -mean[0] / deviation[0],
    -mean[1] / deviation[1],
    -mean[2] / deviation[2],
  ],
});
