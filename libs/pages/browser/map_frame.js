/**
 * The elements that a map consists of, in the order that a screen reader meets
 * them.
 *
 * @module
 */
import { html, render } from "./lit-html.js";
import { mapKeysHelp } from "./map_keys.js";
import { count } from "./words.js";

/**
 * @typedef {object} MapFrame
 * @property {HTMLElement} root
 * @property {HTMLElement} tools
 * @property {HTMLElement} stage
 * @property {HTMLElement} tip What is known of the point that is looked at.
 * @property {HTMLElement} details
 * @property {HTMLElement} legend
 * @property {HTMLElement} status Is spoken when it changes.
 * @property {HTMLElement} selection
 */

/**
 * Puts them into an element.
 *
 * @param {HTMLElement} element
 * @param {number} points
 * @param {{ zoom: (factor: number) => void, whole: () => void }} actions
 * @returns {MapFrame}
 */
export const mapFrame = (element, points, { zoom, whole }) => {
  const root = document.createElement("div");
  root.className = "map-view";
  const help = `${element.id || "map"}-keys`;
  const button = (
    /** @type {string} */ sign,
    /** @type {string} */ name,
    /** @type {() => void} */ action,
  ) =>
    html`
      <button type="button" aria-label=${name} title=${name}
        @click=${action}>${sign}</button>
    `;
  const label = `Map of ${count(points, "image")}`;
  render(
    html`
      <div class="map-tools" role="group" aria-label="What the map shows"></div>
      <div class="map-body">
        <div class="map-window">
          <div class="map-stage" tabindex="0" role="application"
            aria-label=${label} aria-describedby=${help}></div>
          <div class="map-zoom" role="group" aria-label="Zoom">
            ${button("+", "Zoom in", () => zoom(1.5))}
            ${button("−", "Zoom out", () => zoom(1 / 1.5))}
            ${button("⤢", "Whole map", whole)}
          </div>
          <div class="map-tip" hidden></div>
        </div>
        <div class="map-side">
          <section class="map-details" aria-label="Image" hidden></section>
          <section class="map-legend" aria-label="Legend"></section>
        </div>
      </div>
      <p class="map-status unseen" role="status"></p>
      <p class="map-help quiet" id=${help}>
        <span class="map-mouse">Click the map, then the wheel zooms; drag to
          move it, with Shift to select.</span>
        <span class="map-touch">Two fingers zoom. Tap the map, and one finger
          moves it; tap beside it to scroll on.</span>
        <span class="map-keys">By keyboard: ${mapKeysHelp}</span>
      </p>
      <section class="map-selection" aria-label="Selection" hidden></section>
    `,
    root,
  );
  element.append(root);
  element.classList.add("mounted");
  const part = (
    /** @type {string} */ name,
  ) => /** @type {HTMLElement} */ (root.querySelector(`.map-${name}`));
  return {
    root,
    tools: part("tools"),
    stage: part("stage"),
    tip: part("tip"),
    details: part("details"),
    legend: part("legend"),
    status: part("status"),
    selection: part("selection"),
  };
};
