/**
 * Points for products of 8-bit integers: shifted to a common origin, each with
 * a scale of its own, and a bound on what rounding to integers loses.
 *
 * The codes themselves are not stored: the program that multiplies them
 * computes them from the points (`coarse_scorer.ts`).
 *
 * @module
 */
import { type Matrix, row } from "@deepcluster/core";
import { openWorkspace } from "../kernels/workspace.ts";
import { errorBound, inverseScaleOf, normBound } from "./codes.ts";

/** The scales and error bounds of quantized points; 12 bytes a point. */
export interface QuantizedPoints {
  /** `[d]`, subtracted from points and centroids alike. */
  readonly origin: Float32Array;
  /**
   * `[n]`: a shifted point times this has components of at most
   * `maxCode`; rounded, they are its codes. 0 for a point at the origin.
   */
  readonly inverseScales: Float32Array;
  /** `[n]`: at least the norm of each shifted point. */
  readonly norms: Float32Array;
  /** `[n]`: at least the norm of what rounding to codes takes from it. */
  readonly quantizationErrors: Float32Array;
}

/** Points whose mean is the origin, at most: any origin is correct. */
const maxSampled = 4096;
/** Values that are measured at once: they stay in the cache. */
const valuesPerBlock = 2 ** 15;
/**
 * Measures points for quantization.
 *
 * Two passes over n * d values.
 *
 * @param points `[n, d]`, finite.
 * @param bits Of a code.
 * @returns Their scales and error bounds.
 */
export const quantizePoints = (
  points: Matrix,
  bits: 7 | 8,
): QuantizedPoints => {
  const { rows: n, columns: d, data } = points;
  const height = Math.ceil(valuesPerBlock / d);
  const { allocate, kernels } = openWorkspace();
  const block = allocate({
    points: [Float32Array, height * d],
    origin: [Float32Array, d],
    inverseScales: [Float32Array, height],
    largest: [Float64Array, height],
    squares: [Float64Array, height],
  });
  const quantized: QuantizedPoints = {
    origin: approximateMean(points),
    inverseScales: new Float32Array(n),
    norms: new Float32Array(n),
    quantizationErrors: new Float32Array(n),
  };
  const { inverseScales, norms, quantizationErrors } = quantized;
  block.origin.set(quantized.origin);
  for (let begun = 0; begun < n; begun += height) {
    const count = Math.min(height, n - begun);
    block.points.set(data.subarray(begun * d, (begun + count) * d));
    kernels.measureRows({ ...block, d, count });
    for (let r = 0; r < count; r++) {
      inverseScales[begun + r] = block.inverseScales[r] = inverseScaleOf(
        block.largest[r]!,
        bits,
      );
      norms[begun + r] = normBound(block.largest[r]!, block.squares[r]!);
    }
    kernels.roundingErrors({ ...block, d, count });
    for (let r = 0; r < count; r++) {
      quantizationErrors[begun + r] = errorBound(
        block.squares[r]!,
        inverseScales[begun + r]!,
        norms[begun + r]!,
      );
    }
  }
  return quantized;
};

/**
 * Chooses the origin of points.
 *
 * @param points `[n, d]`.
 * @returns `[d]`, the mean of some of them.
 */
export const approximateMean = (points: Matrix): Float32Array => {
  const { rows: n, columns: d } = points;
  const step = Math.ceil(n / maxSampled);
  const sums = new Float64Array(d);
  let count = 0;
  for (let i = 0; i < n; i += step, count++) {
    const point = row(points, i);
    for (let j = 0; j < d; j++) sums[j]! += point[j]!;
  }
  return Float32Array.from(sums, (sum) => sum / count);
};
