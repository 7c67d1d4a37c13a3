/**
 * Where crops lie: the centre that clustering sees, the random region that
 * training sees, the shifted crops that linear probes learn from, and the ten
 * crops that evaluations add up.
 *
 * Paper: section 3.4 and the authors' code, which use torchvision's `Resize`,
 * `CenterCrop`, `RandomCrop`, `TenCrop`, `RandomResizedCrop` and
 * `RandomHorizontalFlip`.
 *
 * @module
 */
import type { Draws } from "@deepcluster/core";
import { type View, wholeView } from "./resample.ts";

/** Width and height in pixels. */
export interface Size {
  /** Pixels across, at least 1. */
  readonly width: number;
  /** Pixels down, at least 1. */
  readonly height: number;
}

/** Which regions {@link randomResizedCrop} may choose. */
export interface RandomCropOptions {
  /** Smallest and largest share of the image's area, in `(0, 1]`. */
  readonly scale: readonly [number, number];
  /** Smallest and largest width over height. */
  readonly ratio: readonly [number, number];
}

/** How an image is resized before its centre is cropped. */
export interface CropRule {
  /**
   * What is resized: the short side, keeping the ratio, or the image to a
   * square. Default: `short-side`.
   */
  readonly fit?: "short-side" | "square";
  /**
   * What becomes of half a pixel where the crop begins: the even number as in
   * torchvision, or the smaller one as in Hugging Face's image processors.
   * Default: `even`.
   */
  readonly offset?: "even" | "floor";
}

/** The paper's random crops, which are torchvision's defaults. */
export const defaultRandomCrop: RandomCropOptions = {
  scale: [0.08, 1],
  ratio: [3 / 4, 4 / 3],
};

/**
 * The centre of an image whose short side is first resized.
 *
 * As torchvision's `Resize(resize)` followed by `CenterCrop(crop)`, rounding
 * included: the long side is rounded down, a half offset to the even number.
 * Images smaller than that are enlarged.
 *
 * @param size Of the image.
 * @param resize Short side of the resized image, at least `crop`.
 * @param crop Side of the square that is kept.
 * @param rule See {@link CropRule}.
 * @returns The view.
 *
 * @example A wide image loses its left and right
 * ```ts
 * import { centreCrop } from "@deepcluster/data";
 * import assert from "node:assert/strict";
 *
 * const view = centreCrop({ width: 500, height: 375 }, 256, 224);
 * assert.equal(view.resizedWidth, 341);
 * assert.equal(view.keptLeft, 58);
 * assert.equal(view.keptTop, 16);
 * ```
 */
export const centreCrop = (
  size: Size,
  resize: number,
  crop: number,
  { fit = "short-side", offset = "even" }: CropRule = {},
): View => {
  const { width, height } = size;
  const short = Math.min(width, height);
  const resized = (side: number) =>
    fit === "square" || side === short
      ? resize
      : Math.trunc(resize * side / short);
  const resizedWidth = resized(width);
  const resizedHeight = resized(height);
  const half = offset === "floor" ? Math.floor : roundHalfToEven;
  return {
    left: 0,
    top: 0,
    width,
    height,
    resizedWidth,
    resizedHeight,
    keptLeft: half((resizedWidth - crop) / 2),
    keptTop: half((resizedHeight - crop) / 2),
    mirrored: false,
  };
};

/**
 * Ten crops of an image whose short side is first resized: upper left, upper
 * right, lower left, lower right and centre, then the same of the mirrored
 * image.
 *
 * As torchvision's `Resize(resize)` followed by `TenCrop(crop)`, rounding
 * included.
 *
 * @param size Of the image.
 * @param resize Short side of the resized image, at least `crop`.
 * @param crop Side of the squares that are kept.
 * @param rule See {@link CropRule}.
 * @returns Ten views.
 */
export const tenCrops = (
  size: Size,
  resize: number,
  crop: number,
  rule: CropRule = {},
): readonly View[] => {
  const centre = centreCrop(size, resize, crop, rule);
  const right = centre.resizedWidth - crop;
  const bottom = centre.resizedHeight - crop;
  const five = [
    { ...centre, keptLeft: 0, keptTop: 0 },
    { ...centre, keptLeft: right, keptTop: 0 },
    { ...centre, keptLeft: 0, keptTop: bottom },
    { ...centre, keptLeft: right, keptTop: bottom },
    centre,
  ];
  const mirrored = five.map((view) => ({
    ...view,
    keptLeft: right - view.keptLeft,
    mirrored: true,
  }));
  return [...five, ...mirrored];
};

/**
 * A random place for the crop within the centre of an image whose short side
 * is first resized.
 *
 * As torchvision's `Resize(resize)`, `CenterCrop(resize)` and
 * `RandomCrop(crop)`, as the authors train linear probes. Takes two draws.
 *
 * @param size Of the image.
 * @param resize Short side of the resized image, at least `crop`.
 * @param crop Side of the square that is kept.
 * @param source Random draws of this image in this epoch.
 * @param rule See {@link CropRule}.
 * @returns The view, not mirrored.
 */
export const shiftedCrop = (
  size: Size,
  resize: number,
  crop: number,
  source: Draws,
  rule: CropRule = {},
): View => {
  const centre = centreCrop(size, resize, resize, rule);
  const room = resize - crop + 1;
  const top = source.integer(room);
  const left = source.integer(room);
  return {
    ...centre,
    keptTop: centre.keptTop + top,
    keptLeft: centre.keptLeft + left,
  };
};

/**
 * A random region of an image, resized to a square.
 *
 * As torchvision's `RandomResizedCrop`: its area is uniform in `scale`, its
 * ratio log-uniform in `ratio`; after ten regions that do not fit, the largest
 * centred one within `ratio`. Takes two draws for each try and two more for
 * the place of a region that fits.
 *
 * @param size Of the image.
 * @param side Of the square.
 * @param options Which regions.
 * @param source Random draws of this image in this epoch.
 * @returns The view, not mirrored.
 */
export const randomResizedCrop = (
  size: Size,
  side: number,
  { scale, ratio }: RandomCropOptions,
  source: Draws,
): View => {
  const { width: fullWidth, height: fullHeight } = size;
  const between = (from: number, to: number) =>
    from + (to - from) * source.uniform();
  const regionOf = (
    left: number,
    top: number,
    width: number,
    height: number,
  ) => ({ ...wholeView({ width, height }, side), left, top });
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = fullWidth * fullHeight * between(scale[0], scale[1]);
    const aspect = Math.exp(between(Math.log(ratio[0]), Math.log(ratio[1])));
    const width = roundHalfToEven(Math.sqrt(area * aspect));
    const height = roundHalfToEven(Math.sqrt(area / aspect));
    if (0 < width && width <= fullWidth && 0 < height && height <= fullHeight) {
      const top = source.integer(fullHeight - height + 1);
      const left = source.integer(fullWidth - width + 1);
      return regionOf(left, top, width, height);
    }
  }
  const { width, height } = largestWithin(size, ratio);
  return regionOf(
    Math.floor((fullWidth - width) / 2),
    Math.floor((fullHeight - height) / 2),
    width,
    height,
  );
};

/** The largest region whose width over height lies within the bounds. */
const largestWithin = (
  { width, height }: Size,
  [narrowest, widest]: readonly [number, number],
): Size => {
  if (width / height < narrowest) {
    return { width, height: roundHalfToEven(width / narrowest) };
  }
  if (width / height > widest) {
    return { width: roundHalfToEven(height * widest), height };
  }
  return { width, height };
};

/** Python's `round`, which torchvision uses. */
const roundHalfToEven = (value: number): number => {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
};
