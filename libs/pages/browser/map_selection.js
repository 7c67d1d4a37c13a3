/**
 * The images that were selected on a map: how many, of which clusters and
 * classes, and which.
 *
 * @module
 */
import { html, nothing } from "./lit-html.js";
import { thumbnailOf } from "./map_details.js";
import { compositionOf, pathsTable, pathsText, saveText } from "./map_lists.js";
import { listedAtOnce } from "./map_view.js";
import { pointWords } from "./map_words.js";
import { count, percent } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { MapActions } from "./map_actions.js" */
/** @import { MapData, MapGrouping } from "./map_data.js" */
/** @import { MapChoices } from "./map_view.js" */

/**
 * @param {MapData} data
 * @param {MapChoices} choices
 * @param {MapActions["choose"]} choose
 * @param {(words: string) => void} say Shows and speaks a message.
 * @returns {TemplateResult | typeof nothing}
 */
export const mapSelection = (data, choices, choose, say) => {
  const { selection, epoch, listed } = choices;
  if (selection === undefined) return nothing;
  const clusters = data.clustersOf(epoch);
  const title = `Clusters of epoch ${data.about.epochs[epoch]}`;
  const waiting = Math.min(selection.length - listed, 4 * listedAtOnce);
  const more = () => choose({ listed: listed + waiting });
  return html`
    <header>
      <h3>${count(selection.length, "image")} selected</h3>
      ${takeAway(data, selection, epoch, say)}
      <button type="button"
        @click=${() => choose({ selection: undefined })}>Clear</button>
    </header>
    <p>${composition(title, clusters, selection)}</p>
    ${data.labels === undefined ? nothing : html`
      <p>${composition("Labels", data.labels, selection)}</p>
    `}
    <ul class="map-list">${selection.slice(0, listed).map((point) =>
      html`<li>
        ${thumbnailOf(data, point, "map-small")}
        <span class="path">${data.about.paths[point]}</span>
        <span class="quiet">${pointWords(data, point, epoch)}</span>
      </li>`
    )}</ul>
    ${waiting <= 0 ? nothing : html`
      <button type="button" @click=${more}>Show ${count(
        waiting,
        "more image",
      )}</button>
    `}
  `;
};

/**
 * @param {MapData} data
 * @param {readonly number[]} points
 * @param {number} epoch
 * @param {(words: string) => void} say
 */
const takeAway = (data, points, epoch, say) => {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(pathsText(data, points));
      say(`Copied ${count(points.length, "path")}.`);
    } catch {
      say("The browser did not allow copying; save the list instead.");
    }
  };
  const saveList = () =>
    saveText("selection.txt", "text/plain", pathsText(data, points));
  const saveTable = () =>
    saveText("selection.csv", "text/csv", pathsTable(data, points, epoch));
  return html`
    <p class="map-buttons">
      <button type="button" @click=${copy}>Copy the paths</button>
      <button type="button" @click=${saveList}>Save as .txt</button>
      <button type="button" @click=${saveTable}>Save as .csv</button>
    </p>
  `;
};

/**
 * @param {string} title
 * @param {MapGrouping} grouping
 * @param {readonly number[]} points
 */
const composition = (title, grouping, points) => {
  const parts = compositionOf(grouping, points);
  const shown = parts.slice(0, 8).map(({ group, count: size }) => {
    const name = group?.name.replace(/^cluster /, "") ?? "none";
    return `${name} (${size}, ${percent(size / points.length)})`;
  });
  const rest = parts.length - shown.length;
  const words = shown.join(" · ") + (rest > 0 ? ` and ${rest} more` : "");
  return html`<span class="quiet">${title}:</span> ${words}`;
};
