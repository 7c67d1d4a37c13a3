/**
 * The section of the report that shows a run's figures over its epochs.
 *
 * @module
 */
import { chartFigure } from "@deepcluster/charts";
import { Effect } from "effect";
import { html, type TemplateResult } from "lit-html";
import type { RunHistory } from "../history/history.ts";
import { historyCharts } from "./history_charts.ts";

/**
 * Writes the curves of a run.
 *
 * @param history See {@link RunHistory}.
 * @returns A `<section>` with the id `curves`; before the first clustering it
 * says that there is nothing yet.
 */
export const historySection: (
  history: RunHistory,
) => Effect.Effect<TemplateResult> = Effect.fn("historySection")(
  function* (history) {
    const figures = history.epochs.length === 0
      ? html`<p class="quiet">No epoch has a clustering yet.</p>`
      : html`<div class="charts">${yield* Effect.forEach(
        historyCharts(history),
        chartFigure,
      )}</div>`;
    return html`
      <section id="curves" aria-labelledby="curves-title">
        <h2 id="curves-title">Curves</h2>
        ${figures}
      </section>
    `;
  },
);
