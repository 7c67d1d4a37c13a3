/**
 * The legend of a map: its clusters or classes, the largest first.
 *
 * @module
 */
import { html, nothing } from "./lit-html.js";
import { mapColours } from "./map_colours.js";
import { entriesAtOnce, shownColours, shownGrouping } from "./map_view.js";
import { count } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { MapActions } from "./map_actions.js" */
/** @import { MapGroup } from "./map_data.js" */
/** @import { MapView } from "./map_view.js" */

/**
 * @param {MapView} view
 * @param {MapActions} actions
 * @returns {TemplateResult}
 */
export const mapLegend = (view, actions) => {
  const { data, choices } = view;
  const grouping = shownGrouping(view);
  const { groups } = grouping;
  const { ofGroups } = shownColours(view);
  const words = choices.search.trim().toLowerCase();
  const found = groups
    .map((group, rank) => ({ group, colour: ofGroups[rank] ?? mapColours }))
    .filter(({ group }) => group.name.toLowerCase().includes(words));
  const search = (/** @type {Event} */ { target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    actions.choose({ search: target.value });
  };
  const more = () =>
    actions.choose({ entries: choices.entries + 4 * entriesAtOnce });
  const title = grouping === data.labels
    ? "Labels"
    : `Clusters of epoch ${data.about.epochs[choices.epoch]}`;
  return html`
    <h3>${title} <small>${groups.length}</small></h3>
    ${data.points === data.about.images ? nothing : html`
      <p class="quiet">Numbers count the images that are shown.</p>
    `}
    ${groups.length <= mapColours ? nothing : html`
      <p class="quiet">Colours repeat; neighbours differ.</p>
      <input type="search" aria-label="Find in the legend" placeholder="Find"
        .value=${choices.search} @input=${search}>
    `}
    <ul>${found.slice(0, choices.entries)
      .map(({ group, colour }) =>
        legendEntry(group, colour, view, actions)
      )}</ul>
    ${found.length === 0
      ? html`<p class="quiet">None is called so.</p>`
      : nothing}
    ${found.length <= choices.entries ? nothing : html`
      <button type="button" @click=${more}>Show more of ${found.length}</button>
    `}
  `;
};

/**
 * @param {MapGroup} group
 * @param {number} colour
 * @param {MapView} view
 * @param {MapActions} actions
 */
const legendEntry = (group, colour, view, actions) => {
  const { id, name, size } = group;
  const bright = view.choices.highlight === id;
  const things = size === 1 ? "image" : "images";
  return html`
    <li>
      <button type="button" class="map-entry" aria-pressed=${String(bright)}
        @pointerenter=${() => actions.point(id)}
        @pointerleave=${() => actions.point(undefined)}
        @click=${() => actions.choose({ highlight: bright ? undefined : id })}>
        <span class=${`map-chip map-c${colour}`}></span>
        <span>${name}</span>
        <span class="quiet">${size}<span class="unseen"> ${things}</span></span>
      </button>
      ${bright
        ? html`
          <button type="button" class="map-all"
            @click=${() => actions.selectGroup(shownGrouping(view), id)}>
            Select ${count(size, "image")}</button>
        `
        : nothing}
    </li>
  `;
};
