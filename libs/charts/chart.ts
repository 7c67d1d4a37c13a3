/**
 * What a chart shows.
 *
 * @module
 */

/** One line, or one set of bars, of a {@link Chart}. */
export interface ChartSeries {
  /** What it is called in the legend and in the table's head. */
  readonly name: string;
  /** One value for each of the chart's x; undefined leaves a gap. */
  readonly values: readonly (number | undefined)[];
}

/** Figures over a common x, such as losses over epochs. */
export interface Chart {
  /** Title, such as `Loss`. */
  readonly title: string;
  /** What to read from it, in a sentence or two. */
  readonly note?: string;
  /** Lines for what goes on, bars for what is counted. */
  readonly kind: "lines" | "bars" | "stacked bars";
  /** What x is, such as `epoch`. */
  readonly xName: string;
  /** Values of x, as they are written. */
  readonly x: readonly string[];
  /** Unit of y, such as `images/s`; absent for plain numbers. */
  readonly unit?: string;
  /** At least one, each as long as `x`. */
  readonly series: readonly ChartSeries[];
  /** A straight line across, such as ln k. */
  readonly reference?: { readonly name: string; readonly value: number };
  /** Bounds of y; what is absent follows from the values. */
  readonly range?: { readonly from?: number; readonly to?: number };
  /** Writes a value in the table and in titles. Default: four digits. */
  readonly write?: (value: number) => string;
}

/**
 * Writes a value as tables do where a chart does not say how.
 *
 * @param value Any number.
 * @returns It, rounded to four significant digits.
 */
export const fourDigits = (value: number): string =>
  String(Number(value.toPrecision(4)));
