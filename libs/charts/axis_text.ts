/**
 * The values beside an axis.
 *
 * @module
 */
import { type Chart, fourDigits } from "./chart.ts";

/**
 * Writes a value beside the axis of y.
 *
 * @param chart The chart; its own way of writing comes first.
 * @param value A value of the axis.
 * @returns It; thousands and millions as `20k` and `3M`.
 */
export const axisText = ({ write }: Chart, value: number): string => {
  if (write !== undefined) return write(value);
  // The axis has steps of 1, 2 or 5, so that four digits leave nothing out.
  const size = Math.abs(value);
  return size >= 1e9
    ? `${fourDigits(value / 1e9)}G`
    : size >= 1e6
    ? `${fourDigits(value / 1e6)}M`
    : size >= 1e4
    ? `${fourDigits(value / 1e3)}k`
    : fourDigits(value);
};
