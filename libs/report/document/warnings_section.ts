/**
 * The warnings of a run.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from "lit-html";
import type { ReportWarning } from "../history/history.ts";

/**
 * Writes warnings: what is seen, and what to do.
 *
 * @param warnings Of a run.
 * @returns A `<section>` with the id `warnings`; without warnings it says so in
 * one line.
 */
export const warningsSection = (
  warnings: readonly ReportWarning[],
): TemplateResult =>
  html`
    <section id="warnings" aria-labelledby="warnings-title">
      <h2 id="warnings-title" class=${warnings.length === 0
        ? "unseen"
        : nothing}>
        Warnings
      </h2>
      ${warnings.length === 0
        ? html`<p class="fine">The figures of this run show no known fault.</p>`
        : html`<ul class="warnings">${warnings.map(warningItem)}</ul>`}
    </section>
  `;

const warningItem = ({ code, epoch, text, advice }: ReportWarning) =>
  html`
    <li id=${`warning-${code}`} class="warning">
      <p>
        <strong>${text}</strong>
        ${epoch === undefined
          ? nothing
          : html`<span class="quiet">epoch ${epoch}</span>`}
      </p>
      <p>${sentence(advice)}</p>
    </li>
  `;

/** With a capital; flags and `commands` are set as what is typed. */
const sentence = (advice: string) =>
  (advice[0]!.toUpperCase() + advice.slice(1))
    .split(/(`[^`]+`|--[a-z]+(?:-[a-z]+)*)/)
    .map((part, i) =>
      i % 2 === 0 ? part : html`<code>${part.replaceAll("`", "")}</code>`
    );
