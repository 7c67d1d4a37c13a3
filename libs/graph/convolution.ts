/**
 * Two-dimensional convolution with stride, padding, dilation and groups, and
 * its two gradients, which are operators in their own right.
 *
 * Reference: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for
 * deep learning", 2016.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import {
  apply,
  firstBroken,
  floatsOnly,
  type Pair,
  pairOf,
  sameShape,
} from "./apply.ts";
import type { Convolution, Value } from "./value.ts";

/** Geometry of {@link convolution}; a number stands for both directions. */
export interface ConvolutionOptions {
  /** Step of the window. Default: 1. */
  readonly stride?: Pair;
  /** Zeros on each side of the image. Default: 0. */
  readonly padding?: Pair;
  /** Distance between neighbouring elements of the filter. Default: 1. */
  readonly dilation?: Pair;
  /** Groups of channels that do not see each other. Default: 1. */
  readonly groups?: number;
}

/**
 * Cross-correlates images with filters. For a bias see `addBias`.
 *
 * @param x float32 `[n, c, h, w]`.
 * @param filter float32 `[f, c / groups, kernelHeight, kernelWidth]`.
 * @param options See {@link ConvolutionOptions}.
 * @returns `[n, f, …]` with sizes
 * `floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1`.
 * @throws {ShapeError} When the filter does not fit the image or the groups.
 *
 * @example AlexNet's first layer
 * ```ts
 * import { convolution, input } from "@deepcluster/graph";
 * import assert from "node:assert/strict";
 *
 * const images = input("images", [1, 3, 224, 224]);
 * const filter = input("features.0.weight", [96, 3, 11, 11]);
 * const y = convolution(images, filter, { stride: 4, padding: 2 });
 * assert.deepEqual(y.shape, [1, 96, 55, 55]);
 * ```
 */
export const convolution = (
  x: Value,
  filter: Value,
  options: ConvolutionOptions = {},
): Value => {
  const geometry = geometryOf(options);
  return apply(
    { type: "convolution", geometry },
    { x, filter },
    floatsOnly(x, filter) ??
      convolvedShape(x.shape, filter.shape, geometry),
  );
};

/**
 * Returns the gradient of {@link convolution} with respect to its images.
 *
 * @param filter float32, as the convolution's.
 * @param dy float32, gradient with respect to the convolution's result.
 * @param inputShape Shape of the convolution's `x`.
 * @param options The convolution's.
 * @returns `inputShape`.
 * @throws {ShapeError} When these do not belong together.
 */
export const convolutionInputGradient = (
  filter: Value,
  dy: Value,
  inputShape: Shape,
  options: ConvolutionOptions = {},
): Value => {
  const geometry = geometryOf(options);
  return apply(
    { type: "convolutionInputGradient", geometry, inputShape },
    { filter, dy },
    floatsOnly(filter, dy) ??
      belongs(inputShape, filter.shape, dy.shape, geometry) ?? inputShape,
  );
};

/**
 * Returns the gradient of {@link convolution} with respect to its filter.
 *
 * @param x float32, as the convolution's.
 * @param dy float32, gradient with respect to the convolution's result.
 * @param filterShape Shape of the convolution's filter.
 * @param options The convolution's.
 * @returns `filterShape`.
 * @throws {ShapeError} When these do not belong together.
 */
export const convolutionFilterGradient = (
  x: Value,
  dy: Value,
  filterShape: Shape,
  options: ConvolutionOptions = {},
): Value => {
  const geometry = geometryOf(options);
  return apply(
    { type: "convolutionFilterGradient", geometry, filterShape },
    { x, dy },
    floatsOnly(x, dy) ??
      belongs(x.shape, filterShape, dy.shape, geometry) ?? filterShape,
  );
};

const geometryOf = (options: ConvolutionOptions): Convolution => ({
  stride: pairOf(options.stride ?? 1),
  padding: pairOf(options.padding ?? 0),
  dilation: pairOf(options.dilation ?? 1),
  groups: options.groups ?? 1,
});

const convolvedShape = (
  x: Shape,
  filter: Shape,
  { stride, padding, dilation, groups }: Convolution,
): Shape | string => {
  if (x.length !== 4 || filter.length !== 4) {
    return "x and filter must have 4 axes";
  }
  const sizes = ([0, 1] as const).map((axis) =>
    Math.floor(
      (x[axis + 2]! + 2 * padding[axis] -
        dilation[axis] * (filter[axis + 2]! - 1) - 1) / stride[axis],
    ) + 1
  );
  return firstBroken([
    [
      "stride and dilation must be integers >= 1",
      [...stride, ...dilation]
        .every((step) => Number.isInteger(step) && step >= 1),
    ],
    [
      "padding must be integers >= 0",
      padding
        .every((zeros) => Number.isInteger(zeros) && zeros >= 0),
    ],
    ["groups must be an integer >= 1", Number.isInteger(groups) && groups >= 1],
    ["groups must divide the filters", filter[0]! % groups === 0],
    [
      "the filter's channels times groups must equal the channels of x",
      filter[1]! * groups === x[1],
    ],
    [
      "the dilated filter must fit into the padded image",
      sizes.every((size) => size >= 1),
    ],
  ]) ?? [x[0]!, filter[0]!, ...sizes];
};

/** The broken rule when `dy` is not the shape of `x` convolved by `filter`. */
const belongs = (
  x: Shape,
  filter: Shape,
  dy: Shape,
  geometry: Convolution,
): string | undefined => {
  const y = convolvedShape(x, filter, geometry);
  return typeof y === "string"
    ? y
    : firstBroken([[`dy must be [${y.join(", ")}]`, sameShape(y, dy)]]);
};
