/**
 * A chart as part of a page: its drawing, its legend, and its values as a
 * table.
 *
 * @module
 */
import { Effect } from "effect";
import { html, nothing, type TemplateResult } from "lit-html";
import { type Chart, type ChartSeries, fourDigits } from "./chart.ts";
import { drawChart } from "./draw_chart.ts";
import { finite } from "./finite.ts";

/**
 * Writes a chart as a `<figure>`.
 *
 * The drawing has a name that says how each series begins and ends; the table
 * has all values, for screen readers and for copying. The browser module
 * `charts.js` of `pages` shows values under the pointer and the arrow keys.
 *
 * @param chart What to show.
 * @returns A template; a chart without any value says so instead of a drawing.
 */
export const chartFigure: (
  chart: Chart,
) => Effect.Effect<TemplateResult> = Effect.fn("chartFigure")(
  function* (chart) {
    const { title, unit, xName, series, reference } = chart;
    const empty = series.every(({ values }) =>
      values.every((value) => finite(value) === undefined)
    );
    const drawing = empty ? "" : yield* drawChart(chart);
    return html`
      <figure class="chart" data-key=${title}>
        <figcaption>
          <span class="chart-title">${title}</span>
          <span class="quiet">${unit === undefined
            ? ""
            : `${unit}, `}by ${xName}</span>
          ${series.length === 1 && reference === undefined
            ? nothing
            : html`<ul class="legend">${series.map(legendEntry(chart))}${
              reference === undefined ? nothing : html`
                <li>${swatch("series-reference", chart.kind)}${referenceText(
                  chart,
                )}</li>
              `
            }</ul>`}
        </figcaption>
        ${empty ? html`<p class="quiet no-values">No values yet.</p>` : html`
          <div class="drawing" tabindex="0" role="img"
            aria-label=${chartName(
              chart,
            )}>${markup(drawing)}</div>
        `}
        ${chart.note === undefined
          ? nothing
          : html`<p class="note quiet">${chart.note}</p>`}
        ${empty ? nothing : tableOf(chart)}
      </figure>
    `;
  },
);

/**
 * Says what a chart shows.
 *
 * @param chart The chart.
 * @returns Such as `Loss, epoch 1 to 10: training from 5.2 to 3.1`.
 */
export const chartName = (chart: Chart): string => {
  const { title, xName, x } = chart;
  const span = x.length === 1 ? `${x[0]}` : `${x[0]} to ${x.at(-1)}`;
  return [
    `${title}, ${xName} ${span}: ${
      chart.series.map((series) => seriesName(chart, series)).join("; ")
    }`,
    ...chart.reference === undefined ? [] : [referenceText(chart)],
  ].join("; ");
};

const seriesName = (chart: Chart, { name, values }: ChartSeries): string => {
  const known = values.filter((value) => finite(value) !== undefined);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return `${name} has no values`;
  if (known.length === 1) return `${name} ${written(chart, first)}`;
  return chart.kind === "lines"
    ? `${name} from ${written(chart, first)} to ${written(chart, last)}`
    : `${name} at most ${written(chart, Math.max(...known as number[]))}`;
};

const legendEntry = (chart: Chart) => ({ name }: ChartSeries, i: number) =>
  html`<li>${swatch(`series-${i % 6}`, chart.kind)}${name}</li>`;

/** The line as it is drawn, or a square of the colour of bars. */
const swatch = (name: string, kind: Chart["kind"]) =>
  kind === "lines" || name === "series-reference"
    ? html`
      <svg class=${`swatch ${name}`} viewBox="0 0 24 4" aria-hidden="true">
        <path d="M0 2H24" />
      </svg>
    `
    : html`
      <svg class=${`swatch ${name}`} viewBox="0 0 10 10" aria-hidden="true">
        <rect width="10" height="10" />
      </svg>
    `;

const referenceText = (chart: Chart): string =>
  chart.reference === undefined
    ? ""
    : `${chart.reference.name}: ${written(chart, chart.reference.value)}`;

const tableOf = (chart: Chart) =>
  html`
    <details class="values">
      <summary>Values<span class="unseen"> of ${chart.title}</span></summary>
      <div class="table" tabindex="0" role="region" aria-label=${`Values of ${chart.title}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">${chart.xName}</th>
              ${chart.series.map(({ name }) =>
                html`<th scope="col" class="number">${name}</th>`
              )}
            </tr>
          </thead>
          <tbody>
            ${chart.x.map((x, row) =>
              html`
                <tr>
                  <th scope="row">${x}</th>
                  ${chart.series.map(({ values }) =>
                    html`<td class="number">${written(chart, values[row])}</td>`
                  )}
                </tr>
              `
            )}
          </tbody>
        </table>
      </div>
    </details>
  `;

const written = (
  { write = fourDigits }: Chart,
  value: number | undefined,
): string =>
  value === undefined
    ? "–"
    : Number.isFinite(value)
    ? write(value)
    : `${value}`;

/** A drawing of ours as a template, so that it is not escaped. */
const markup = (svg: string) => ({ strings: [svg], values: [] });
