/**
 * What a search found, and where in two pictures the agreement is.
 *
 * @module
 */
import { getRegions } from "./api.js";
import { html, nothing } from "./lit-html.js";
import { pictureWithBox } from "./picture.js";
import { clusterLink, copiesList, tile } from "./tiles.js";
import { figure, historyWords, nearerThan } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { PixelBox, RegionPair, SearchResponse, SearchResult } from "../api_types.ts" */
/** @import { Query } from "./api.js" */
/** @import { Page } from "./view.js" */

/**
 * @param {Page} page
 * @param {object} search
 * @param {Query} search.by
 * @param {string} search.source Address of the query picture.
 * @param {PixelBox | undefined} search.box
 * @param {SearchResponse} search.found
 * @param {readonly SearchResult[]} search.shown Results that are not hidden.
 * @returns {TemplateResult}
 */
export const resultList = (page, { by, source, box, found, shown }) => {
  if (shown.length === 0) {
    return html`<p class="notice">${
      found.results.length === 0
        ? "Nothing was found: the index has no other image."
        : "All results are hidden: lower the score above."
    }</p>`;
  }
  const showWhere = (/** @type {SearchResult} */ result) =>
    page.attempt(async () => {
      const pair = await getRegions(by, result.image.id, box);
      page.show(pairTemplate(source, found, result, pair));
    });
  return html`<ol class="results">${
    shown.map((result) =>
      html`<li class="result">
        ${tile(result.image, { eager: result.rank <= 24, large: true })}
        ${resultFacts(result)}
        ${
        page.index.rmac
          ? html`
            <button type="button" @click=${() => showWhere(result)}
              aria-label=${`Show where ${result.image.name} agrees`}>Show
                          where</button>
          `
          : nothing
      }
      </li>`
    )
  }</ol>`;
};

/**
 * @param {SearchResult} result
 * @returns {TemplateResult}
 */
const resultFacts = ({ rank, score, percentile, image, copies, history }) =>
  html`<p class="score"><span class="rank">${rank}</span> ${figure(score)}</p>
    <p class="quiet">${nearerThan(percentile)}</p>
    <p>${clusterLink(image)}</p>
    ${
    history === undefined
      ? nothing
      : html`<p class="quiet">${historyWords(history)}</p>`
  }
    <p><a class="path" href=${image.original} target="_blank"
      aria-label=${`Open ${image.path}`}>${image.path}</a></p>
    ${copiesList(copies)}`;

/**
 * @param {string} source Address of the query picture.
 * @param {SearchResponse} found
 * @param {SearchResult} result
 * @param {RegionPair} pair
 * @returns {TemplateResult}
 */
const pairTemplate = (source, { query }, { image }, pair) =>
  html`
    <form method="dialog" class="pair">
      <h2>The regions that agree best</h2>
      <p>Similarity of the two regions: ${figure(pair.score)}</p>
      <div class="pictures">
        <figure>
          ${pictureWithBox({
            source,
            alt: "Query with its region",
            size: query,
            box: pair.query,
          })}<figcaption>Query</figcaption>
        </figure>
        <figure>
          ${pictureWithBox({
            source: image.original,
            alt: `${image.name} with its region`,
            size: image,
            box: pair.image,
          })}<figcaption class="path">${image.path}</figcaption>
        </figure>
      </div>
      <button class="primary" autofocus>Close</button>
    </form>
  `;
