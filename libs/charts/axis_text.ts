/**
 * The values beside an axis.
 *
 * @module
 */
import { type Chart, fourDigits } from "./chart.ts";
import { finite } from "./finite.ts";

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

/**
 * Finds the smallest step of the axis of y whose values are written apart.
 *
 * @param chart The chart.
 * @returns A power of ten: 1 where bars count things; absent where every value
 * is 0 or unknown.
 */
export const smallestStep = (chart: Chart): number | undefined => {
  const { kind, series, reference, write } = chart;
  const values = [
    ...series.flatMap(({ values }) => values),
    reference?.value,
  ].flatMap((value) => finite(value) ?? []);
  const largest = Math.max(...values.map(Math.abs), 0);
  if (largest === 0) return undefined;
  const isCount = kind !== "lines" && write === undefined &&
    series.every(({ values }) =>
      values.every((value) => value === undefined || Number.isInteger(value))
    );
  if (isCount) return 1;
  const top = Math.ceil(Math.log10(largest));
  for (let power = top - 8; power < top; power++) {
    const step = 10 ** power;
    const first = Math.floor(largest / step);
    const texts = [0, 1, 2, 3].map((i) => axisText(chart, (first - i) * step));
    if (new Set(texts).size === texts.length) return step;
  }
  return 10 ** top;
};
