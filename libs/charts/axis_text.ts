/**
 * The values beside an axis.
 *
 * @module
 */
import type { Chart } from "./chart.ts";

/**
 * Writes a value beside the axis of y.
 *
 * @param chart The chart; its own way of writing comes first.
 * @param value A value of the axis.
 * @returns It; thousands and millions as `20k` and `3M`.
 */
export const axisText = ({ write }: Chart, value: number): string => {
  if (write !== undefined) return write(value);
  const size = Math.abs(value);
  return size >= 1e9
    ? `${short(value / 1e9)}G`
    : size >= 1e6
    ? `${short(value / 1e6)}M`
    : size >= 1e4
    ? `${short(value / 1e3)}k`
    : short(value);
};

/** The axis has steps of 1, 2 or 5, so that four digits leave nothing out. */
const short = (value: number): string => String(Number(value.toPrecision(4)));
