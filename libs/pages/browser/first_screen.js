/**
 * The first screen: the clusters as rows of pictures, the largest first, under
 * a place to drop a picture. The server draws its first rows with these same
 * templates.
 *
 * @module
 */
import { clusterAddress } from "./address.js";
import { html, nothing } from "./lit-html.js";
import { tile } from "./tiles.js";
import {
  clusterTitle,
  count,
  distanceWords,
  figure,
  searchWords,
} from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { ClusterRow, HeaderInfo, IndexInfo } from "../api_types.ts" */

/** How many clusters are shown at first, and more at a time. */
export const rowsAtOnce = 12;

/** How many rows load their pictures at once. */
const eagerRows = 4;

/**
 * The top of every view.
 *
 * @param {HeaderInfo} index
 * @param {string} path Path of the shown view.
 * @returns {TemplateResult}
 */
export const header = (index, path) => {
  const link = (/** @type {string} */ to, /** @type {string} */ name) =>
    html`<li><a href=${to} aria-current=${
      path === to ? "page" : nothing
    }>${name}</a></li>`;
  return html`
    <a class="skip" href="#view">Skip to the pictures</a>
    <p class="brand" title=${`Model: ${index.model}`}>${index.name}</p>
    <nav aria-label="Views">
      <ul>
          ${link("/", index.clusters === 0 ? "Images" : "Clusters")}
          ${link("/duplicates", "Duplicates")}
          ${link("/outliers", "Outliers")}
        </ul>
    </nav>
    ${takesPictures(index) ? html`<p class="find">${chooser()}</p>` : nothing}
  `;
};

/**
 * Whether pictures that are not indexed, and parts of pictures, can be searched
 * by.
 *
 * @param {Pick<IndexInfo, "queries">} index
 * @returns {boolean}
 */
export const takesPictures = ({ queries = true }) => queries;

/**
 * What is said where a view will be, until its data have come.
 *
 * @param {HeaderInfo} index
 * @param {string} path Path of the view.
 * @returns {string}
 */
export const waitingWords = ({ images }, path) =>
  path === "/duplicates" || path === "/outliers"
    ? `Comparing ${count(images, "image")}…`
    : path === "/search"
    ? `Searching ${count(images, "image")}…`
    : "Loading…";

/**
 * The place of a view, until its data have come.
 *
 * @param {HeaderInfo} index
 * @param {string} path Path of the view.
 * @returns {TemplateResult}
 */
export const waitingScreen = (index, path) =>
  html`
    <p class="quiet waiting">${waitingWords(index, path)}</p>
  `;

/**
 * The control that chooses a file to search by; `/` focuses it.
 *
 * @returns {TemplateResult}
 */
const chooser = () =>
  html`
    <label class="button primary" for="picture">Search<span
      class="wide">&nbsp;by a picture</span></label><input
      type="file" id="picture" accept="image/*">
  `;

/**
 * The place to drop a picture, and what is searched.
 *
 * @param {IndexInfo} index
 * @returns {TemplateResult}
 */
export const dropZone = (index) =>
  html`
    <section class="drop" aria-label="Search by a picture">
      <p>${takesPictures(index)
        ? html`<label class="link" for="picture">Choose a picture</label>, drop
          one here, or paste one: the most similar of ${
          count(index.images, "image")
        } come first. Clicking any picture searches by it.`
        : `Clicking any picture searches by it. This index is of given vectors,
          so other pictures cannot be searched by.`}</p>
      <p class="quiet">${about(index).join(" · ")}</p>
      ${index.run === undefined ? nothing : html`
        <p class="quiet">${index.run.page === undefined
          ? html`See how the run went: <code>${index.run.watch}</code>`
          : html`<a href=${index.run.page}>See how the run went</a>`}</p>
      `}
    </section>
  `;

/** @param {IndexInfo} index */
const about = (index) => [
  ...index.run === undefined ? [index.model] : ofRun(index.run),
  ...described(index),
  ...index.images === index.vectors
    ? []
    : [count(index.vectors, "different vector")],
  ...index.skipped === 0
    ? []
    : [`${count(index.skipped, "file")} could not be indexed`],
  searchWords(index.search),
];

/**
 * The clusters of epoch N are of the features after epoch N - 1.
 *
 * @param {NonNullable<IndexInfo["run"]>} run
 */
const ofRun = ({ folder, clustersEpoch }) => [
  `run ${folder.split(/[\\/]/).at(-1)}`,
  ...clustersEpoch === undefined ? [] : [`clusters of epoch ${clustersEpoch}`],
];

/** @param {IndexInfo} index */
const described = ({ layer, rmac, run }) => {
  const what = rmac ? "R-MAC" : layer && `layer ${layer}`;
  if (!what) return [];
  if (run === undefined) return [what];
  return run.weightsEpoch === 0
    ? [`${what} of the untrained network`]
    : [`${what} after ${count(run.weightsEpoch, "epoch")} of training`];
};

/**
 * The whole screen, under the header.
 *
 * @param {object} screen
 * @param {IndexInfo} screen.index
 * @param {readonly ClusterRow[]} screen.clusters
 * @param {number} screen.total How many clusters there are.
 * @param {number} [screen.dismissed] How many of all are dismissed.
 * @param {boolean} [screen.withDismissed] Whether those are shown.
 * @returns {TemplateResult}
 */
export const clusterScreen = (
  { index, clusters, total, dismissed = 0, withDismissed = false },
) =>
  html`${dropZone(index)}
    <h1 tabindex="-1">${count(total, "cluster")}
      <small>the largest first${
    withDismissed
      ? html`
        · <a href="/">Hide dismissed ones</a>
      `
      : dismissed === 0
      ? nothing
      : html`
        · <a href="/?dismissed=true">Show ${dismissed} dismissed</a>
      `
  }</small></h1>
    <p class="quiet">${distanceWords}</p>
    <div class="rows">${clusters.map((row, i) => clusterRow(row, i))}</div>`;

/**
 * @param {ClusterRow} row
 * @param {number} place From 0.
 * @returns {TemplateResult}
 */
const clusterRow = (
  { cluster, name, size, tightness, dismissed, members },
  place,
) =>
  html`
    <section class=${dismissed ? "row dismissed" : "row"}
      aria-labelledby=${`cluster-${cluster}`}>
      <header>
          <h2 id=${`cluster-${cluster}`}><a href=${clusterAddress(
            cluster,
          )}>${clusterTitle(cluster, name)}</a></h2>
          <p>${count(size, "image")}</p>
          <p>mean distance ${figure(tightness)}</p>
          ${dismissed ? html`<p>dismissed</p>` : nothing}
        </header>
      <div class="strip">${members.map((image) =>
        tile(image, { eager: place < eagerRows })
      )}</div>
    </section>
  `;
