/**
 * Pictures as tiles, and what stands under them.
 *
 * @module
 */
import { clusterAddress, searchAddress } from "./address.js";
import { html, nothing } from "./lit-html.js";
import { clusterTitle, count } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { ImageCard } from "../api_types.ts" */

/**
 * A picture that searches by itself when it is clicked. Its place is taken
 * before it is loaded, so that nothing moves.
 *
 * @param {ImageCard} image
 * @param {object} [options]
 * @param {boolean} [options.eager] Whether to load it at once, as it is on the
 * first screen.
 * @param {boolean} [options.large] Whether its place is a large one.
 * @param {string} [options.note] Said before its name.
 * @returns {TemplateResult}
 */
export const tile = (image, { eager = false, large = false, note } = {}) => {
  const side = large ? 320 : 160;
  const at = (/** @type {number} */ pixels) =>
    `${image.thumbnail}?side=${pixels}`;
  return html`
    <a class="tile" href=${searchAddress({ image: image.id })}
      title=${image.path}><img src=${at(side)}
        srcset=${`${at(side)} 1x, ${at(2 * side)} 2x`}
        alt=${`${note === undefined ? "" : `${note}: `}${image.name}`}
        width="160" height="160" loading=${eager ? "eager" : "lazy"}
        decoding="async" draggable="false"></a>
  `;
};

/**
 * The cluster of an image, as a link.
 *
 * @param {{ readonly cluster?: number, readonly clusterName?: string }} image
 * @returns {TemplateResult | typeof nothing}
 */
export const clusterLink = ({ cluster, clusterName }) =>
  cluster === undefined || cluster < 0
    ? nothing
    : html`<a href=${clusterAddress(cluster)}>${
      clusterTitle(cluster, clusterName)
    }</a>`;

/**
 * Other images with the same vector, to unfold.
 *
 * @param {readonly ImageCard[]} copies
 * @returns {TemplateResult | typeof nothing}
 */
export const copiesList = (copies) =>
  copies.length === 0 ? nothing : html`
    <details class="copies">
      <summary>${count(copies.length, "copy", "copies")}</summary>
      <ul>${copies.map(({ path, original }) =>
        html`<li><a class="path" href=${original} target="_blank">${path}</a></li>`
      )}</ul>
    </details>
  `;
