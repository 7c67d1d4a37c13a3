/**
 * Values that can be drawn.
 *
 * @module
 */

/**
 * Tells whether a value can be drawn.
 *
 * @param value A value of a series.
 * @returns It, or `undefined` when it is missing, NaN or infinite.
 */
export const finite = (value: number | undefined): number | undefined =>
  Number.isFinite(value) ? value : undefined;
