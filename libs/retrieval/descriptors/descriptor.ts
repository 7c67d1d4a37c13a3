/**
 * What is searched of an image: its descriptor, a vector of length 1.
 *
 * @module
 */
import type { Matrix, OptionError } from "@deepcluster/core";
import type { DecodeOptions, Image } from "@deepcluster/data";
import type {
  DivergedFeaturesError,
  OutputsError,
} from "@deepcluster/features";
import type { Effect } from "effect";
import type { Box } from "./crop_image.ts";

/** What computing descriptors can fail with. */
export type DescribeError = OutputsError | DivergedFeaturesError;

/** Descriptors of some images. */
export interface Described {
  /** `[n, d]`, rows of length 1; a row of zeros stays one. */
  readonly vectors: Matrix;
  /** `[n]` cluster of each image, where the model is a run. */
  readonly clusters?: Int32Array;
  /** `[n]` distance of each image to the centroid of its cluster. */
  readonly distances?: Float32Array;
}

/** Turns images into descriptors: the rows of an index, and its queries. */
export interface Descriptor {
  /** Values of a descriptor, d. */
  readonly columns: number;
  /** Images that are best described at a time. */
  readonly batch: number;
  /**
   * How an image is decoded before it is described; the same in training. A
   * part of an image is cut out of the image in full size.
   */
  readonly decodeOptions: DecodeOptions;
  /**
   * Everything that decides a descriptor besides the image: plain data, to be
   * written into the settings of an index and compared.
   */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * Describes images. A descriptor does not depend on the other images of the
   * call.
   */
  readonly describe: (
    images: readonly Image[],
  ) => Effect.Effect<Described, DescribeError>;
  /**
   * Describes a rectangle of an image, where that is another thing than to
   * describe the rectangle cut out (`cropImage`): R-MAC scales the image first.
   * Fails with `OptionError` when the rectangle is too small for the network.
   */
  readonly describeBox?: (
    image: Image,
    box: Box,
  ) => Effect.Effect<Described, DescribeError | OptionError>;
}
