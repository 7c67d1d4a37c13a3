/**
 * An image of a map: in detail, and beside its point.
 *
 * @module
 */
import { html, nothing } from "./lit-html.js";
import { labelOfPoint, pointWords } from "./map_words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { MapActions } from "./map_actions.js" */
/** @import { MapData } from "./map_data.js" */

/**
 * An image in detail.
 *
 * @param {MapData} data
 * @param {number} point
 * @param {MapActions} actions
 * @returns {TemplateResult}
 */
export const mapDetails = (data, point, { close, selectGroup }) => {
  const { epochs, paths } = data.about;
  const newest = data.clustersOf(epochs.length - 1);
  const id = newest.of[point] ?? -1;
  const name = `Cluster ${id}`;
  const isShown = document.getElementById(`cluster-${id}`) !== null;
  const cluster = isShown
    ? html`<a href=${`#cluster-${id}`}>${name}</a>`
    : name;
  const label = labelOfPoint(data, point);
  const said = label === undefined ? nothing : html`, label <b>${label}</b>`;
  const when = epochs.length < 2 ? nothing : ` of epoch ${epochs.at(-1)}`;
  return html`
    <header>
      <h3>Image</h3>
      <button type="button" aria-label="Close" @click=${close}>×</button>
    </header>
    ${thumbnailOf(data, point, "map-large")}
    <p class="path">${paths[point]}</p>
    <p>${cluster}${when}${said}</p>
    ${epochs.length < 2 ? nothing : html`
      <details>
        <summary>Its clusters over the epochs</summary>
        <ol>${epochs.map((epoch, rank) =>
          html`<li>epoch ${epoch}: cluster ${
            data.clustersOf(rank).of[point]
          }</li>`
        )}</ol>
      </details>
    `}
    <button type="button"
      @click=${() => selectGroup(newest, id)}>Select its cluster</button>
  `;
};

/**
 * What is said beside a point that is looked at.
 *
 * @param {MapData} data
 * @param {number} point
 * @param {number} epoch Rank of the epoch whose cluster is named.
 * @returns {TemplateResult}
 */
export const mapTip = (data, point, epoch) =>
  html`
    ${thumbnailOf(data, point, "map-middle")}
    <p>${pointWords(data, point, epoch)}</p>
    <p class="path">${data.about.paths[point]}</p>
  `;

/**
 * A place for a point's thumbnail, which is drawn into it afterwards.
 *
 * @param {MapData} data
 * @param {number} point
 * @param {string} kind Class of the canvas.
 * @returns {TemplateResult | typeof nothing}
 */
export const thumbnailOf = ({ about, squares }, point, kind) => {
  const { sprites } = about;
  if (sprites === undefined || (squares?.[point] ?? -1) < 0) return nothing;
  const { side } = sprites;
  return html`
    <canvas class=${kind} data-point=${point} width=${side}
      height=${side}
      aria-hidden="true"></canvas>
  `;
};
