/**
 * Charts of figures, as pictures that need no script and as tables.
 *
 * @module
 */
export { type Chart, type ChartSeries, fourDigits } from "./chart.ts";
