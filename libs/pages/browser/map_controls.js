/**
 * What stands round a map: its tools, its legend, an image in detail and a
 * selection of images.
 *
 * @module
 */
import { html, nothing } from "./lit-html.js";
import { mapColours } from "./map_colours.js";
import { count } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { MapData, MapGroup, MapGrouping } from "./map_data.js" */

/**
 * What the person at the map has chosen.
 *
 * @typedef {object} MapChoices
 * @property {"cluster" | "label"} by What the colours tell.
 * @property {number} epoch Rank of the epoch among the map's.
 * @property {boolean} thumbnails
 * @property {boolean} names
 * @property {boolean} lasso Whether dragging draws a lasso.
 * @property {number | undefined} highlight The group that alone is bright.
 * @property {string} search What the legend is searched for.
 * @property {number} entries How many entries of the legend are shown.
 * @property {number | undefined} opened The point that is shown in detail.
 * @property {readonly number[] | undefined} selection Points.
 * @property {number} listed How many of them are shown.
 */

/**
 * @callback Choose
 * @param {Partial<MapChoices>} change
 * @returns {void}
 */

/**
 * The tools over the map.
 *
 * @param {MapData} data
 * @param {MapChoices} choices
 * @param {Choose} choose
 * @param {() => void} selectView Selects all that is seen.
 * @returns {TemplateResult}
 */
export const mapTools = ({ about, labels }, choices, choose, selectView) => {
  const { by, epoch, lasso } = choices;
  const { epochs, sprites } = about;
  const colourBy = (/** @type {Event} */ { target }) =>
    choose({
      by: valueOf(target) === "label" ? "label" : "cluster",
      highlight: undefined,
      search: "",
    });
  const toEpoch = (/** @type {Event} */ { target }) =>
    choose({ epoch: Number(valueOf(target)), highlight: undefined });
  const tick = (
    /** @type {"thumbnails" | "names"} */ name,
    /** @type {string} */ words,
  ) =>
    html`<label><input type="checkbox" .checked=${choices[name]}
      @change=${() => choose({ [name]: !choices[name] })}> ${words}</label>`;
  return html`
    ${labels === undefined ? nothing : html`<label>Colours <select
      @change=${colourBy}><option value="cluster" ?selected=${
      by === "cluster"
    }>clusters</option><option value="label" ?selected=${
      by === "label"
    }>labels</option></select></label>`}
    ${by === "label" || epochs.length < 2 ? nothing : html`
      <label
        class="map-epoch">Epoch <input type="range" min="0"
            max=${epochs.length - 1} step="1" .value=${String(epoch)}
            aria-valuetext=${`epoch ${
              epochs[epoch]
            }`} @input=${toEpoch}><output>${epochs[epoch]}</output></label>
    `}
    ${tick("names", by === "label" ? "Names" : "Numbers")}
    ${sprites === undefined ? nothing : tick("thumbnails", "Thumbnails")}
    <span
      class="map-select"><button type="button" aria-pressed=${String(
        lasso,
      )} @click=${() => choose({ lasso: !lasso })}>Lasso</button>
    <button type="button" @click=${selectView}>Select what is seen</button></span>
  `;
};

/**
 * The legend: the groups, the largest first.
 *
 * @param {MapGrouping} grouping
 * @param {object} legend
 * @param {string} legend.title
 * @param {Uint8Array} legend.colours Of the groups, by rank.
 * @param {MapChoices} legend.choices
 * @param {Choose} legend.choose
 * @param {(group: number | undefined) => void} legend.point Makes a group
 * bright while it is pointed at.
 * @param {(group: MapGroup) => void} legend.select Selects its images.
 * @returns {TemplateResult}
 */
export const mapLegend = (grouping, legend) => {
  const { title, colours, choices, choose, point, select } = legend;
  const { search, entries, highlight } = choices;
  const words = search.trim().toLowerCase();
  const found = grouping.groups
    .map((group, rank) => ({ group, rank }))
    .filter(({ group }) =>
      words === "" || group.name.toLowerCase().includes(words)
    );
  const entry = (
    /** @type {{ group: MapGroup, rank: number }} */ { group, rank },
  ) => {
    const bright = highlight === group.id;
    return html`<li><button type="button" class="map-entry"
      aria-pressed=${String(bright)}
      @pointerenter=${() => point(group.id)}
      @pointerleave=${() => point(undefined)}
      @click=${() => choose({ highlight: bright ? undefined : group.id })}><span
      class=${`map-chip map-c${
      colours[rank]
    }`}></span><span>${group.name}</span><span class="quiet">${group.size}<span class="unseen"> images</span></span></button>${
      bright
        ? html`
          <button type="button" class="map-all"
            @click=${() => select(group)}>Select ${count(
              group.size,
              "image",
            )}</button>
        `
        : nothing
    }</li>`;
  };
  return html`
    <h3>${title} <small>${grouping.groups.length}</small></h3>
    ${grouping.groups.length <= mapColours ? nothing : html`
      <p class="quiet">Colours repeat; neighbours differ.</p>
    `}
    ${grouping.groups.length <= 12 ? nothing : html`
      <input type="search"
        aria-label="Find in the legend" placeholder="Find" .value=${search}
        @input=${(/** @type {Event} */ { target }) =>
          choose({ search: valueOf(target) })}>
    `}
    <ul>${found.slice(0, entries).map(entry)}</ul>
    ${found.length === 0
      ? html`<p class="quiet">None is called so.</p>`
      : nothing}
    ${found.length <= entries ? nothing : html`
      <button type="button"
        @click=${() => choose({ entries: entries + 200 })}>Show more of ${found
          .length}</button>
    `}
  `;
};

/**
 * An image in detail.
 *
 * @param {MapData} data
 * @param {number} point
 * @param {(canvas: Element) => void} close
 * @param {(group: MapGroup) => void} select Selects the images of its cluster.
 * @returns {TemplateResult}
 */
export const mapDetails = (data, point, close, select) => {
  const { about, clustersOf } = data;
  const { epochs } = about;
  const newest = clustersOf(epochs.length - 1);
  const id = newest.of[point] ?? -1;
  const group = newest.groups[newest.ranks[point] ?? -1];
  const section = document.getElementById(`cluster-${id}`);
  const label = labelOfPoint(data, point);
  const cluster = `Cluster ${id}`;
  return html`
    <header><h3>Image</h3><button type="button" aria-label="Close"
      @click=${close}>×</button></header>
    ${thumbnailOf(data, point, "map-large")}
    <p class="path">${about.paths[point]}</p>
    <p>${section === null
      ? cluster
      : html`<a href=${`#cluster-${id}`}>${cluster}</a>`}${label === undefined
      ? nothing
      : html`, label <b>${label}</b>`}</p>
    ${epochs.length < 2 ? nothing : html`
      <details>
        <summary>Its clusters over the
            epochs</summary>
        <ol>${epochs.map((epoch, rank) =>
          html`<li>epoch ${epoch}: cluster ${clustersOf(rank).of[point]}</li>`
        )}</ol>
      </details>
    `}
    ${group === undefined ? nothing : html`
      <button type="button"
        @click=${() => select(group)}>Select its cluster</button>
    `}
  `;
};

/**
 * The cluster of a point, and its label where it has one.
 *
 * @param {MapData} data
 * @param {number} point
 * @param {number} epoch Rank of the epoch whose cluster is named.
 * @returns {string}
 */
export const pointWords = (data, point, epoch) => {
  const label = labelOfPoint(data, point);
  const cluster = `Cluster ${data.clustersOf(epoch).of[point]}`;
  return label === undefined ? cluster : `${cluster}, ${label}`;
};

/**
 * @param {MapData} data
 * @param {number} point
 * @returns {string | undefined}
 */
const labelOfPoint = ({ about, labels }, point) =>
  about.labels?.names[labels?.of[point] ?? -1];

/**
 * A place for a point's thumbnail, which is drawn into it afterwards.
 *
 * @param {MapData} data
 * @param {number} point
 * @param {string} kind Class of the canvas.
 * @returns {TemplateResult | typeof nothing}
 */
export const thumbnailOf = ({ about, squares }, point, kind) =>
  about.sprites === undefined || (squares?.[point] ?? -1) < 0 ? nothing : html`
    <canvas class=${kind} data-point=${point} width=${about.sprites.side}
      height=${about.sprites.side} aria-hidden="true"></canvas>
  `;

/** @param {EventTarget | null} target */
const valueOf = (target) =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement
    ? target.value
    : "";
