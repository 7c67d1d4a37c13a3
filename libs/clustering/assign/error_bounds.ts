/**
 * How far a score of 32-bit floats can be from the exact one.
 *
 * For a point x and a centroid c, both relative to the origin, roundings take
 * a fraction ρ of |x| |c| from their product, and sums in double a little more.
 * An engine that rounds the factors adds to ρ what that takes from both, and
 * its sums are taken to be four times as coarse.
 *
 * @module
 */
import { dotProductError } from "@deepcluster/gpu-backend";
import type { QuantizedCentroids } from "./quantized_centroids.ts";
import type { QuantizedPoints } from "./quantized_points.ts";

/** Writes the error bound of each group for point `i` to `errorBounds`. */
export type WriteErrorBounds = (i: number, errorBounds: Float64Array) => void;

/**
 * Prepares the error bounds of coarse scores.
 *
 * @param quantizedPoints The points that are scored.
 * @param quantizedCentroids The centroids that are scored.
 * @param factorRounding By how much products round their factors:
 * `measureFactorRounding`.
 * @returns Computes the bounds of one point in O(groups) time.
 */
export const errorBoundsOf = (
  quantizedPoints: QuantizedPoints,
  quantizedCentroids: QuantizedCentroids,
  factorRounding: number,
): WriteErrorBounds => {
  const { norms, origin } = quantizedPoints;
  const { maxNorms } = quantizedCentroids;
  const d = origin.length;
  const rounding = 2 ** -20 + dotProductError(d, factorRounding);
  const maxNorm = maxNorms.at(-1)!;
  return (i, errorBounds) => {
    const norm = norms[i]!;
    if (norm === Infinity) {
      errorBounds.fill(Infinity);
      return;
    }
    const sums = d * 2 ** -50 * (norm + maxNorm) ** 2;
    for (let g = 0; g < errorBounds.length; g++) {
      errorBounds[g] = rounding * norm * maxNorms[g]! + sums;
    }
  };
};

/**
 * Prepares the error bound of scores that a GPU computes whole, the same for
 * all centroids.
 *
 * Beside the products the biases and their sum are 32-bit floats, and numbers
 * below 2^-126 may be taken to be 0.
 *
 * @param quantizedPoints The points that are scored.
 * @param quantizedCentroids The centroids that are scored.
 * @param scale What both were multiplied by, a power of two.
 * @param factorRounding As for {@link errorBoundsOf}.
 * @returns Computes the bound of one point, in the units of unscaled scores.
 */
export const scoreErrorOf = (
  { norms, origin }: QuantizedPoints,
  { maxNorms }: QuantizedCentroids,
  scale: number,
  factorRounding: number,
): (i: number) => number => {
  const d = origin.length;
  const maxNorm = maxNorms.at(-1)!;
  const rounding = 2 ** -20 + dotProductError(d, factorRounding);
  const underflow = d * 2 ** -124 *
    (maxNorm + maxNorm / scale + 1 / scale / scale);
  return (i) => {
    const sum = norms[i]! + maxNorm;
    return rounding * norms[i]! * maxNorm + 2 ** -22 * maxNorm ** 2 +
      d * 2 ** -50 * sum ** 2 + underflow;
  };
};
