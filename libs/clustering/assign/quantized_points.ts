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

/** The scales and error bounds of quantized points; 12 bytes a point. */
export interface QuantizedPoints {
  /** `[d]`, subtracted from points and centroids alike. */
  readonly origin: Float32Array;
  /**
   * `[n]`: a shifted point times this has components of at most
   * {@link maxCode}; rounded, they are its codes. 0 for a point at the origin.
   */
  readonly inverseScales: Float32Array;
  /** `[n]`: at least the norm of each shifted point. */
  readonly norms: Float32Array;
  /** `[n]`: at least the norm of what rounding to codes takes from it. */
  readonly quantizationErrors: Float32Array;
}

/**
 * Returns the largest code: codes are whole numbers from minus this to this.
 *
 * @param bits Of a code.
 * @returns 63 or 127.
 */
export const maxCode = (bits: 7 | 8): number => 2 ** (bits - 1) - 1;

/** Points whose mean is the origin, at most: any origin is correct. */
const maxSampled = 4096;
/** Adding and subtracting it rounds a double to a whole number, ties to even. */
const rounder = 1.5 * 2 ** 52;
/** Covers the roundings of 32-bit floats in this file. */
const roundingMargin = 1 + 2 ** -18;
/** Farther from the origin 32-bit floats overflow, and bounds with them. */
const maxShifted = 2 ** 126;
/** A bound by which nothing is discarded. */
const unbounded = Infinity;
/** A larger one would leave the range of 32-bit floats. */
const maxInverseScale = 2 ** 120;

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
  const n = points.rows;
  const origin = approximateMean(points);
  const inverseScales = new Float32Array(n);
  const norms = new Float32Array(n);
  const quantizationErrors = new Float32Array(n);
  const shifted = new Float64Array(points.columns);
  for (let i = 0; i < n; i++) {
    const { largest, squares } = shift(points, i, origin, shifted);
    if (largest > maxShifted) {
      norms[i] = quantizationErrors[i] = unbounded;
      continue;
    }
    const inverseScale = largest === 0
      ? 0
      : Math.fround(Math.min(maxInverseScale, maxCode(bits) / largest));
    const norm = Math.sqrt(squares);
    inverseScales[i] = inverseScale;
    norms[i] = norm * roundingMargin;
    quantizationErrors[i] = (errorOf(shifted, inverseScale) + norm * 2 ** -20) *
      roundingMargin;
  }
  return { origin, inverseScales, norms, quantizationErrors };
};

const approximateMean = (points: Matrix): Float32Array => {
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

/** Writes a point minus the origin to `shifted`. */
const shift = (
  { data, columns: d }: Matrix,
  i: number,
  origin: Float32Array,
  shifted: Float64Array,
) => {
  let largest = 0;
  let squares = 0;
  for (let j = 0, at = i * d; j < d; j++, at++) {
    const value = data[at]! - origin[j]!;
    shifted[j] = value;
    squares += value * value;
    const magnitude = Math.abs(value);
    if (magnitude > largest) largest = magnitude;
  }
  return { largest, squares };
};

/** Returns the norm of a shifted point minus its codes times their scale. */
const errorOf = (shifted: Float64Array, inverseScale: number): number => {
  let squares = 0;
  for (let j = 0; j < shifted.length; j++) {
    const scaled = shifted[j]! * inverseScale;
    const error = scaled - (scaled + rounder - rounder);
    squares += error * error;
  }
  return inverseScale === 0 ? 0 : Math.sqrt(squares) / inverseScale;
};
