/**
 * The Gaussian blur that keeps gradient ascent from drawing single pixels.
 *
 * Reference: `scipy.ndimage.gaussian_filter`, which the authors use.
 *
 * @module
 */

/**
 * Blurs planes in place, across and then down.
 *
 * As SciPy: weights end at four standard deviations, and beyond its edges a
 * plane is continued by its mirror image.
 *
 * @param planes Values of planes `[height, width]` one after another.
 * @param height Rows of a plane.
 * @param width Columns of a plane.
 * @param sigma Standard deviation in pixels; 0 leaves the planes as they are.
 *
 * @example A single point
 * ```ts
 * import { gaussianBlur } from "@deepcluster/visualisation";
 * import assert from "node:assert/strict";
 *
 * const plane = Float32Array.of(0, 0, 1, 0, 0);
 * gaussianBlur(plane, 1, 5, 0.3);
 * assert.deepEqual([...plane].map((x) => x.toFixed(4)), [
 *   "0.0000",
 *   "0.0038",
 *   "0.9923",
 *   "0.0038",
 *   "0.0000",
 * ]);
 * ```
 */
export const gaussianBlur = (
  planes: Float32Array,
  height: number,
  width: number,
  sigma: number,
): void => {
  const weights = gaussianWeights(sigma);
  if (weights.length === 1) return;
  for (let first = 0; first < planes.length; first += height * width) {
    for (let y = 0; y < height; y++) {
      blurLine(planes, first + y * width, 1, width, weights);
    }
    for (let x = 0; x < width; x++) {
      blurLine(planes, first + x, width, height, weights);
    }
  }
};

/** Weights of the neighbours at distances 0, 1, …; their sum, mirrored, is 1. */
const gaussianWeights = (sigma: number): readonly number[] => {
  const radius = Math.floor(4 * sigma + 0.5);
  const heights = Array.from(
    { length: radius + 1 },
    (_, distance) =>
      distance === 0 ? 1 : Math.exp(-(distance ** 2) / (2 * sigma ** 2)),
  );
  const sum = heights.reduce((sum, height) => sum + 2 * height, -1);
  return heights.map((height) => height / sum);
};

/** Blurs `count` values that lie `stride` apart. */
const blurLine = (
  values: Float32Array,
  first: number,
  stride: number,
  count: number,
  weights: readonly number[],
): void => {
  const line = Float64Array.from(
    { length: count },
    (_, i) => values[first + i * stride]!,
  );
  for (let i = 0; i < count; i++) {
    let sum = weights[0]! * line[i]!;
    for (let distance = 1; distance < weights.length; distance++) {
      sum += weights[distance]! *
        (line[mirrored(i - distance, count)]! +
          line[mirrored(i + distance, count)]!);
    }
    values[first + i * stride] = sum;
  }
};

/** Index in `d c b a | a b c d | d c b a`. */
const mirrored = (index: number, count: number): number => {
  const place = ((index % (2 * count)) + 2 * count) % (2 * count);
  return place < count ? place : 2 * count - 1 - place;
};
