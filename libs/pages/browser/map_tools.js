/**
 * The tools over a map: what the colours tell, what is written and drawn, and
 * how images are selected.
 *
 * @module
 */
import { html, nothing } from "./lit-html.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { MapActions } from "./map_actions.js" */
/** @import { MapView } from "./map_view.js" */

/**
 * @param {MapView} view
 * @param {MapActions} actions
 * @returns {TemplateResult}
 */
export const mapTools = ({ data, choices }, { choose, selectView }) => {
  const { by, lasso } = choices;
  const hasEpochs = by === "cluster" && data.about.epochs.length > 1;
  const tick = (
    /** @type {"thumbnails" | "names"} */ name,
    /** @type {string} */ words,
  ) => {
    const toggle = () => choose({ [name]: !choices[name] });
    return html`
      <label><input type="checkbox" .checked=${choices[name]}
        @change=${toggle}> ${words}</label>
    `;
  };
  return html`
    ${data.labels === undefined ? nothing : colourChoice(by, choose)}
    ${hasEpochs
      ? epochChoice(data.about.epochs, choices.epoch, choose)
      : nothing}
    ${tick("names", by === "label" ? "Names" : "Numbers")}
    ${data.squares === undefined ? nothing : tick("thumbnails", "Thumbnails")}
    <span class="map-select">
      <button type="button" aria-pressed=${String(lasso)}
        @click=${() => choose({ lasso: !lasso })}>Lasso</button>
      <button type="button" @click=${selectView}>Select what is seen</button>
    </span>
  `;
};

/**
 * @param {"cluster" | "label"} by
 * @param {MapActions["choose"]} choose
 */
const colourChoice = (by, choose) => {
  const change = (/** @type {Event} */ { target }) =>
    choose({
      by: valueOf(target) === "label" ? "label" : "cluster",
      highlight: undefined,
      search: "",
    });
  return html`
    <label>Colours <select @change=${change}>
      <option value="cluster" ?selected=${by === "cluster"}>clusters</option>
      <option value="label" ?selected=${by === "label"}>labels</option>
    </select></label>
  `;
};

/**
 * @param {readonly number[]} epochs
 * @param {number} epoch Rank of the chosen one.
 * @param {MapActions["choose"]} choose
 */
const epochChoice = (epochs, epoch, choose) => {
  const change = (/** @type {Event} */ { target }) =>
    choose({ epoch: Number(valueOf(target)), highlight: undefined });
  return html`
    <label class="map-epoch">Epoch <input type="range"
      min="0" max=${epochs.length - 1} step="1" .value=${String(epoch)}
      aria-valuetext=${`epoch ${epochs[epoch]}`} @input=${change}>
      <output>${epochs[epoch]}</output></label>
  `;
};

/** @param {EventTarget | null} target */
const valueOf = (target) =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement
    ? target.value
    : "";
