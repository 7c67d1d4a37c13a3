/**
 * The images that were selected on a map: how many, of which clusters and
 * classes, and which.
 *
 * @module
 */
import { html, nothing } from "./lit-html.js";
import { thumbnailOf } from "./map_controls.js";
import { compositionOf, pathsTable, pathsText, saveText } from "./map_lists.js";
import { count, percent } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { Choose, MapChoices } from "./map_controls.js" */
/** @import { MapData, MapGrouping } from "./map_data.js" */

/** Images shown at first, and more at a time. */
export const listedAtOnce = 60;

/**
 * @param {MapData} data
 * @param {MapChoices} choices
 * @param {Choose} choose
 * @param {(words: string) => void} say Shows and speaks a message.
 * @returns {TemplateResult | typeof nothing}
 */
export const mapSelection = (data, choices, choose, say) => {
  const { selection, epoch, listed } = choices;
  if (selection === undefined) return nothing;
  const clusters = data.clustersOf(epoch);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(pathsText(data, selection));
      say(`Copied ${count(selection.length, "path")}.`);
    } catch {
      say("The browser did not allow copying; save the list instead.");
    }
  };
  const more = selection.length - listed;
  return html`
    <header>
      <h3>${count(selection.length, "image")} selected</h3>
      <p class="map-buttons"><button type="button" @click=${copy}>Copy the
      paths</button> <button type="button" @click=${() =>
        saveText(
          "selection.txt",
          "text/plain",
          pathsText(data, selection),
        )}>Save
      as .txt</button> <button type="button" @click=${() =>
        saveText(
          "selection.csv",
          "text/csv",
          pathsTable(data, selection, epoch),
        )}>Save
      as .csv</button> <button type="button" @click=${() =>
        choose({ selection: undefined })}>Clear</button></p>
    </header>
    <p>${composition(
      `Clusters of epoch ${data.about.epochs[epoch]}`,
      clusters,
      selection,
    )}${data.labels === undefined
      ? nothing
      : html`<br>${composition("Labels", data.labels, selection)}`}</p>
    <ul class="map-list">${selection.slice(0, listed).map((point) =>
      html`<li>${thumbnailOf(data, point, "map-small")}<span
          class="path">${data.about.paths[point]}</span><span class="quiet">${
        [
          `cluster ${clusters.of[point]}`,
          data.about.labels?.names[data.labels?.of[point] ?? -1],
        ].filter((text) => text !== undefined).join(", ")
      }</span></li>`
    )}</ul>
    ${more <= 0
      ? nothing
      : html`<button type="button" @click=${() =>
        choose({ listed: listed + 4 * listedAtOnce })}>Show ${
        count(Math.min(more, 4 * listedAtOnce), "more image")
      }</button>`}
  `;
};

/**
 * @param {string} title
 * @param {MapGrouping} grouping
 * @param {readonly number[]} points
 */
const composition = (title, grouping, points) => {
  const parts = compositionOf(grouping, points);
  const shown = parts.slice(0, 8).map(({ group, count: size }) =>
    `${group?.name.replace(/^cluster /, "") ?? "none"} (${size}, ${
      percent(size / points.length)
    })`
  );
  const rest = parts.length - shown.length;
  return html`<span class="quiet">${title}:</span> ${shown.join(" · ")}${
    rest > 0 ? ` and ${rest} more` : ""
  }`;
};
