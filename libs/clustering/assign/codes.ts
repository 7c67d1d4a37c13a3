/**
 * How points become whole numbers of 7 or 8 bits, and what that loses.
 *
 * @module
 */

/** Covers the roundings of 32-bit floats. */
const roundingMargin = 1 + 2 ** -18;
/** Farther from the origin 32-bit floats overflow, and bounds with them. */
const maxShifted = 2 ** 126;
/** A bound by which nothing is discarded. */
const unbounded = Infinity;
/** A larger one would leave the range of 32-bit floats. */
const maxInverseScale = 2 ** 120;

/**
 * Returns the largest code: codes are whole numbers from minus this to this.
 *
 * @param bits Of a code.
 * @returns 63 or 127.
 */
export const maxCode = (bits: 7 | 8): number => 2 ** (bits - 1) - 1;

/**
 * Chooses the scale of a point's codes.
 *
 * @param largest Largest magnitude of its features, relative to the origin.
 * @param bits Of a code.
 * @returns What features are multiplied by; 0 at the origin, and too far away.
 */
export const inverseScaleOf = (largest: number, bits: 7 | 8): number =>
  largest === 0 || largest > maxShifted
    ? 0
    : Math.fround(Math.min(maxInverseScale, maxCode(bits) / largest));

/**
 * Bounds the norm of a point relative to the origin.
 *
 * @param largest As for {@link inverseScaleOf}.
 * @param squares Sum of the squares of its features.
 * @returns At least the norm.
 */
export const normBound = (largest: number, squares: number): number =>
  largest > maxShifted ? unbounded : Math.sqrt(squares) * roundingMargin;

/**
 * Bounds what rounding to codes takes from a point.
 *
 * @param roundingSquares Sum of the squares of what it takes from features
 * times the inverse scale.
 * @param inverseScale Of {@link inverseScaleOf}.
 * @param norm Of {@link normBound}.
 * @returns At least the norm of what it takes.
 */
export const errorBound = (
  roundingSquares: number,
  inverseScale: number,
  norm: number,
): number => {
  const error = inverseScale === 0
    ? 0
    : Math.sqrt(roundingSquares) / inverseScale;
  return (error + norm * 2 ** -20) * roundingMargin;
};
