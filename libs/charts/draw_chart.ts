/**
 * Draws a chart as an SVG, by echarts, without a browser.
 *
 * The SVG stands in the HTML of a page and takes its colours from the page's
 * style sheet, so that one drawing serves light and dark surroundings.
 *
 * @module
 */
import { Effect } from "effect";
import type { EChartsOption, SeriesOption } from "echarts";
import { axisText, smallestStep } from "./axis_text.ts";
import type { Chart } from "./chart.ts";
import { finite } from "./finite.ts";

/** Pixels of the drawing where it is not enlarged or reduced. */
const width = 330;
const height = 190;

/** Series that have a colour and a kind of line of their own. */
const colours = 6;

/** Lines differ without colours, too. */
const lineTypes = ["solid", [7, 3], [2, 2], [9, 2, 2, 2], [4, 4], [1, 3]];

/**
 * Draws a chart.
 *
 * echarts is loaded by the first call. Colours are the variables `--series-0` …
 * `--series-5`, `--text`, `--quiet`, `--line` and `--ground` of the page, the
 * font is the page's. A value that is not finite leaves a gap. A script finds
 * the first and the last x by `data-first` and `data-last`, in units of the
 * view box.
 *
 * @param chart What to draw.
 * @returns An `<svg>` element without a name; the same for the same chart.
 */
export const drawChart: (chart: Chart) => Effect.Effect<string> = Effect.fn(
  "drawChart",
)(function* (chart) {
  const echarts = yield* Effect.promise(() => import("echarts"));
  return yield* Effect.acquireUseRelease(
    Effect.sync(() =>
      echarts.init(null, null, { renderer: "svg", ssr: true, width, height })
    ),
    (drawing) =>
      Effect.sync(() => {
        drawing.setOption(optionOf(chart));
        const at = (x: number) =>
          Math.round(drawing.convertToPixel({ xAxisIndex: 0 }, x));
        return inPage(drawing.renderToSVGString(), [
          at(0),
          at(chart.x.length - 1),
        ]);
      }),
    // Otherwise the process never ends.
    (drawing) => Effect.sync(() => drawing.dispose()),
  );
});

const optionOf = (chart: Chart): EChartsOption => {
  const lines = chart.kind === "lines";
  const minInterval = smallestStep(chart);
  return {
    animation: false,
    textStyle: { fontFamily: "inherit", color: "var(--quiet)" },
    grid: { left: 4, right: 14, top: 10, bottom: 2 },
    xAxis: {
      type: "category",
      data: [...chart.x],
      boundaryGap: !lines || chart.x.length === 1,
      axisLine: { onZero: false, lineStyle: { color: "var(--line)" } },
      axisTick: { show: false },
      axisLabel: {
        color: "var(--quiet)",
        hideOverlap: true,
        interval: labelled(chart.x),
      },
    },
    yAxis: {
      type: "value",
      scale: lines,
      splitNumber: 5,
      ...minInterval !== undefined && { minInterval },
      ...chart.range?.from !== undefined && { min: chart.range.from },
      ...chart.range?.to !== undefined && { max: chart.range.to },
      splitLine: { lineStyle: { color: "var(--line)" } },
      axisLabel: {
        color: "var(--quiet)",
        formatter: (value: number) => axisText(chart, value),
      },
    },
    series: [
      ...chart.series.map((_, i) => seriesOption(chart, i)),
      ...referenceOption(chart),
    ],
  };
};

/** Labels of a long row of numbers stand at round ones. */
const labelled = (x: readonly string[]) => {
  if (x.length <= 12 || !x.every((text) => /^\d+$/.test(text))) return "auto";
  const least = x.length / 8;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * [1, 2, 5, 10].find((s) => s * power >= least)!;
  return (i: number, text: string) => i === 0 || Number(text) % step === 0;
};

const seriesOption = (chart: Chart, i: number): SeriesOption => {
  const color = `var(--series-${i % colours})`;
  const data = chart.series[i]!.values.map(finite);
  if (chart.kind !== "lines") {
    return {
      type: "bar",
      data: data.map((value) => value ?? "-"),
      itemStyle: { color },
      barCategoryGap: "18%",
      barMaxWidth: 56,
      ...chart.kind === "stacked bars" && { stack: "all" },
    };
  }
  const few = data.length <= 12;
  return {
    type: "line",
    symbol: "circle",
    symbolSize: few ? 5 : 4,
    // A value between two gaps would have no line.
    data: data.map((value, at) =>
      value === undefined
        ? "-"
        : few || (data[at - 1] ?? data[at + 1]) === undefined
        ? value
        : { value, symbol: "none" }
    ),
    showAllSymbol: true,
    itemStyle: { color },
    lineStyle: {
      color,
      width: 2,
      type: lineTypes[i % lineTypes.length] as "solid",
    },
  };
};

/** A line across is a series, so that the axis reaches it. */
const referenceOption = (
  { reference, x, kind }: Chart,
): readonly SeriesOption[] =>
  reference === undefined ? [] : [{
    type: "line",
    symbol: x.length === 1 ? "diamond" : "none",
    data: x.map(() => reference.value),
    itemStyle: { color: "var(--quiet)" },
    lineStyle: { color: "var(--quiet)", width: 1.25, type: [4, 3] },
    z: kind === "lines" ? 1 : 3,
  }];

/** Leaves out what only echarts' own script needs; a page refuses styles. */
const inPage = (
  drawn: string,
  [first, last]: readonly [number, number],
): string =>
  drawn
    .replaceAll(/<style[^]*?<\/style>|<defs[^]*?<\/defs>/g, "")
    .replaceAll(/<rect [^>]*fill="none"><\/rect>/g, "")
    .replaceAll(
      / (?:class|style|clip-path|pointer-events|ecmeta_\w+)="[^"]*"/g,
      "",
    )
    .replaceAll(/ stroke-(?:linejoin|linecap|miterlimit)="[^"]*"/g, "")
    .replaceAll(/\n/g, "")
    .replace(
      /^<svg [^>]*>/,
      `<svg viewBox="0 0 ${width} ${height}" ` +
        `data-first="${first}" data-last="${last}">`,
    );
