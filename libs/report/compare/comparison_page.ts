/**
 * The page that compares runs, as one file.
 *
 * @module
 */
import { chartFigure } from "@deepcluster/charts";
import { selfContainedPage } from "@deepcluster/pages";
import { Effect } from "effect";
import { html, nothing, type TemplateResult } from "lit-html";
import { basename } from "node:path";
import { strip } from "../clusters/clusters_section.ts";
import { count } from "../document/words.ts";
import type { ShownImage } from "../images/report_images.ts";
import type { ClusterMapping } from "./cluster_mapping.ts";
import { comparisonCharts } from "./comparison_charts.ts";
import {
  environmentSentence,
  mappingSentence,
  partWords,
  runSentence,
} from "./comparison_words.ts";
import {
  baselineText,
  evaluationGroups,
  evaluationVersions,
  figureText,
  fullText,
  shownBaselines,
  spreadSentence,
  unrecordedSentence,
} from "./evaluation_words.ts";
import { evaluationGaps } from "./evaluation_gaps.ts";
import type { Baseline, EvaluationRow } from "./kept_evaluations.ts";
import type { RunComparison } from "./run_comparison.ts";

/**
 * Writes the page. Paths are shortened to as few last names as tell them
 * apart, so that it can be given away.
 *
 * @param comparison What was compared.
 * @param shown Images of the first run, as they are shown; those that are not
 * among them are left out.
 * @param place Shows a path in a command, from where commands are typed.
 * Default: its last name.
 * @returns One file of HTML that needs no network.
 */
export const comparisonPage: (
  comparison: RunComparison,
  shown: ReadonlyMap<number, ShownImage>,
  place?: (path: string) => string,
) => Effect.Effect<string> = Effect.fn("comparisonPage")(
  function* (comparison, shown, place = basename) {
    const { runs } = comparison;
    const charts = yield* Effect.forEach(comparisonCharts(runs), chartFigure);
    return yield* selfContainedPage({
      title: `${runs.map(({ name }) => name).join(" and ")} compared`,
      scripts: ["charts.js"],
      body: html`
        <main>
          <header class="cover">
            <p class="quiet">DeepCluster runs compared</p>
            <h1>${runs.map(({ name }) => name).join(" · ")}</h1>
            <ul>${runs.map((run) =>
              html`<li><b>${run.name}</b>: ${runSentence(runs, run)}</li>`
            )}</ul>
          </header>
          ${settingsSection(comparison)}
          ${environmentSection(comparison)}
          <section id="curves" aria-labelledby="curves-title">
            <h2 id="curves-title">Curves</h2>
            ${charts.length === 0
              ? html`<p class="quiet">No epoch has a clustering yet.</p>`
              : html`<div class="charts">${charts}</div>`}
          </section>
          ${evaluationsSection(comparison, place)}
          <section id="clusters" aria-labelledby="clusters-title">
            <h2 id="clusters-title">Clusters of ${runs[0]!
              .name} in the ${runs.length === 2
              ? "other run"
              : "other runs"}</h2>
            ${comparison.mappings.length === 0
              ? html`<p class="quiet">Not every run has clusters yet.</p>`
              : comparison.mappings.map((mapping) =>
                mappingBlock(comparison, mapping, shown)
              )}
          </section>
        </main>
      `,
    });
  },
);

const settingsSection = (
  { runs, settings }: RunComparison,
): TemplateResult =>
  html`
    <section id="settings" aria-labelledby="settings-title">
      <h2 id="settings-title">Settings that differ</h2>
      ${settings.length === 0
        ? html`<p>None: all settings are the same.</p>`
        : differencesTable(
          "settings",
          "setting",
          runs,
          settings.map(({ field, flag, values }) => ({
            name: flag === undefined ? field : html`<code>--${flag}</code>`,
            values: shortened(values).map((value) => value ?? "not set"),
          })),
        )}
    </section>
  `;

const environmentSection = ({ runs, environment }: RunComparison) =>
  environment.length === 0 ? nothing : html`
    <section id="environment" aria-labelledby="environment-title">
      <h2 id="environment-title">Trained with</h2>
      <p>${environmentSentence}.</p>
      ${differencesTable(
        "environment",
        "trained with",
        runs,
        environment.map(({ field, values }) => ({
          name: field,
          values: values.map((value) => value ?? "not noted"),
        })),
      )}
    </section>
  `;

/** A row for each difference, a column for each run. */
const differencesTable = (
  section: string,
  head: string,
  runs: RunComparison["runs"],
  rows: readonly {
    readonly name: string | TemplateResult;
    readonly values: readonly string[];
  }[],
) =>
  html`
    <div class="table" tabindex="0" role="region"
      aria-labelledby=${`${section}-title`}>
      <table>
        <thead>
          <tr><th scope="col">${head}</th>${runs.map(({ name }) =>
            html`<th scope="col">${name}</th>`
          )}</tr>
        </thead>
        <tbody>${rows.map(({ name, values }) =>
          html`<tr><th scope="row">${name}</th>${
            values.map((value) => html`<td>${value}</td>`)
          }</tr>`
        )}</tbody>
      </table>
    </div>
  `;

const shortened = (values: readonly (string | undefined)[]) => {
  const names = values.map((value) => value?.split(/[\\/]/).filter(Boolean));
  const longest = Math.max(...names.map((of) => of?.length ?? 0));
  let short = values;
  for (let last = 1; last <= longest; last++) {
    short = names.map((of) => of?.slice(-last).join("/"));
    if (new Set(short).size === new Set(values).size) break;
  }
  return short;
};

const evaluationsSection = (
  comparison: RunComparison,
  place: (path: string) => string,
): TemplateResult => {
  const { runs, evaluations } = comparison;
  const { commands, reasons } = evaluationGaps(comparison, place);
  const versions = evaluationVersions(comparison);
  const beside = shownBaselines(evaluations);
  const columns = [...beside, ...runs.map(({ name }) => name)];
  const paths = [
    ...new Set(evaluations.flatMap(({ dataset }) => dataset ?? [])),
  ];
  const short = shortened(paths);
  const named = (path: string) => short[paths.indexOf(path)]!;
  const unrecorded = unrecordedSentence(comparison);
  return html`
    <section id="evaluations" aria-labelledby="evaluations-title">
      <h2 id="evaluations-title">Evaluations</h2>
      ${evaluations.length === 0
        ? html`<p>No evaluation of these runs is kept.
            <code>deno task evaluate all RUN IMAGES</code> makes and keeps some,
            where the images have labels.</p>`
        : html`
          <div class="table" tabindex="0" role="region"
            aria-labelledby="evaluations-title">
            <table>
              <thead>
                <tr>
                <th scope="col">statistic</th><th scope="col">layer</th>${columns
                  .map((name) =>
                    html`<th scope="col" class="number">${name}</th>`
                  )}
              </tr>
              </thead>
              ${evaluationGroups(comparison, named).map(({ title, rows }) =>
                html`<tbody>
<tr><th scope="rowgroup" class="group" colspan=${
                  2 + columns.length
                }>${title}</th></tr>${
                  rows.map((row) => evaluationRow(row, beside, comparison))
                }</tbody>`
              )}
            </table>
          </div>
        `}
      ${isSpread(evaluations)
        ? html`<p class="quiet">${spreadSentence}</p>`
        : nothing}
      ${versions === undefined ? nothing : html`<p>${versions}.</p>`}
      ${unrecorded === undefined ? nothing : html`<p>${unrecorded}</p>`}
      ${commands.length === 0 ? nothing : html`
        <p>These commands fill in what is missing, typed where
          <code>deno task compare</code> was:</p>
        <ul>${commands.map((line) => html`<li><code>${line}</code></li>`)}</ul>
      `}
      ${reasons.length === 0 ? nothing : html`
        <p>What cannot be filled in:</p>
        <ul>${reasons.map((reason) => html`<li>${reason}.</li>`)}</ul>
      `}
    </section>
  `;
};

const isSpread = (evaluations: readonly EvaluationRow[]): boolean =>
  evaluations.some(({ figures }) =>
    figures.some((figure) => figure?.deviation ?? figure?.interval)
  );

const evaluationRow = (
  row: EvaluationRow,
  beside: readonly Baseline[],
  comparison: RunComparison,
): TemplateResult => {
  const texts = [
    ...beside.map((one) => baselineText(row, one, comparison, fullText)),
    ...comparison.runs.map((_, run) =>
      figureText(row, run, comparison, fullText)
    ),
  ];
  return html`<tr><th scope="row">${row.statistic}</th><td>${row.layer}</td>${
    texts.map((text) => html`<td class="number">${text ?? "–"}</td>`)
  }</tr>`;
};

const mappingBlock = (
  comparison: RunComparison,
  mapping: ClusterMapping,
  shown: ReadonlyMap<number, ShownImage>,
): TemplateResult => {
  const { name } = comparison.runs[mapping.other]!;
  return html`
    <h3>${name}</h3>
    <p>${mappingSentence(comparison, mapping)}</p>
    ${mapping.clusters.length === 0 ? nothing : html`
      <p class="quiet">The ${mapping.clusters.length} largest clusters of
        ${comparison.runs[0]!.name}, and the clusters of ${name} that hold most
        of their images. Only images of both runs are counted.</p>
      <div class="clusters">${mapping.clusters.map((cluster) =>
        html`
          <article class="cluster"
            id=${`mapping-${mapping.other}-${cluster.cluster}`}>
            <h4>Cluster ${cluster.cluster} <span class="quiet">${count(
              cluster.size,
              "image",
            )}</span></h4>
            ${cluster.parts.map((part) =>
              html`
                <p class="quiet">${partWords(part, cluster.size)}</p>
                ${strip(part.some.flatMap((index) => shown.get(index) ?? []))}
              `
            )}
          </article>
        `
      )}</div>
    `}
  `;
};
