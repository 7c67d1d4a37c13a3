/**
 * Charts of figures, as drawings that need no script and as tables.
 *
 * @module
 */
export { type Chart, type ChartSeries, fourDigits } from "./chart.ts";
export { chartFigure, chartName } from "./chart_figure.ts";
export { drawChart } from "./draw_chart.ts";
