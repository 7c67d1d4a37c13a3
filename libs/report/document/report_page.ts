/**
 * The report as one page: which sections it has, in which order.
 *
 * @module
 */
import { selfContainedPage } from "@deepcluster/pages";
import { Effect } from "effect";
import { html, nothing, type TemplateResult } from "lit-html";
import type { ReportCluster } from "../clusters/report_cluster.ts";
import type { ReportWarning, RunHistory } from "../history/history.ts";
import { cover, glanceSection, runName } from "./cover.ts";
import { historySection } from "./history_section.ts";
import { makingSection } from "./making_section.ts";
import { environmentSection, settingsSection } from "./settings_section.ts";
import { warningsSection } from "./warnings_section.ts";

/** A section that is made of other things than figures. */
export interface ReportSection {
  /** Id of its element. */
  readonly id: string;
  /** What the table of contents calls it. */
  readonly title: string;
  /** Its `<section>`; a sentence where its data are not there. */
  readonly body: TemplateResult | string;
  /** Modules of `pageFiles` that it needs. */
  readonly scripts?: readonly string[];
  /** Style sheets of `pageFiles` that it needs. */
  readonly styles?: readonly string[];
  /** Data for its scripts, by id. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What a report is made of. */
export interface ReportParts {
  /** The run. */
  readonly history: RunHistory;
  /** See `warningsOf`. */
  readonly warnings: readonly ReportWarning[];
  /** Clusters for the first screen. */
  readonly clusters: readonly ReportCluster[];
  /** Clusters, map, filters, images of filters, in the order of reading. */
  readonly sections: readonly ReportSection[];
}

/**
 * Writes the report.
 *
 * @param parts See {@link ReportParts}.
 * @returns The HTML of the whole page; the same for the same parts.
 */
export const reportPage: (parts: ReportParts) => Effect.Effect<string> = Effect
  .fn("reportPage")(function* (parts) {
    const { history, warnings, clusters, sections } = parts;
    const curves = yield* historySection(history);
    const pictured = glanceSection(clusters);
    const contents = [
      ...warnings.length === 0
        ? []
        : [{ id: "warnings", title: `Warnings (${warnings.length})` }],
      ...pictured === nothing ? [] : [{ id: "glance", title: "At a glance" }],
      { id: "curves", title: "Curves" },
      ...sections,
      { id: "settings", title: "Settings" },
      { id: "environment", title: "Environment" },
      { id: "making", title: "How this was made" },
    ];
    return yield* selfContainedPage({
      title: `${runName(history)} – report`,
      scripts: [
        ...new Set(["charts.js", ...sections.flatMap((s) => s.scripts ?? [])]),
      ],
      styles: [
        ...new Set([
          "theme.css",
          "document.css",
          ...sections.flatMap((s) => s.styles ?? []),
        ]),
      ],
      data: Object.assign({}, ...sections.map(({ data }) => data ?? {})),
      body: html`
        <a class="skip" href="#main">Skip to the report</a>
        ${cover(history)}
        <div class="columns">
          <nav aria-label="Contents" class="contents">
            <ul>${contents.map(({ id, title }) =>
              html`<li><a href=${`#${id}`}>${title}</a></li>`
            )}</ul>
          </nav>
          <main id="main" tabindex="-1">
            ${history.epochs.length === 0 && warnings.length === 0
              ? nothing
              : warningsSection(warnings)} ${pictured} ${curves}
            ${sections.map(sectionBody)}
            ${settingsSection(history.configuration)}
            ${environmentSection(history.processes)} ${makingSection(history)}
          </main>
        </div>
      `,
    });
  });

const sectionBody = ({ id, title, body }: ReportSection) =>
  typeof body !== "string" ? body : html`
    <section id=${id} aria-labelledby=${`${id}-title`}>
      <h2 id=${`${id}-title`}>${title}</h2>
      <p class="quiet">${body}</p>
    </section>
  `;
