/**
 * The view of a search: the query picture with its box, and what was found.
 *
 * @module
 */
import { defaultTop, readSearch, searchAddress } from "./address.js";
import { search } from "./api.js";
import { boxStage } from "./box_stage.js";
import { takesPictures } from "./first_screen.js";
import { html, nothing } from "./lit-html.js";
import { pictureWithBox } from "./picture.js";
import { resultList } from "./results.js";
import { clusterLink } from "./tiles.js";
import { count, figure, moreUnusualThan, searchWords } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { PixelBox, SearchResponse } from "../api_types.ts" */
/** @import { SearchAddress } from "./address.js" */
/** @import { Query } from "./api.js" */
/** @import { Upload } from "./uploads.js" */
/** @import { Page, View } from "./view.js" */

/** How many results can be asked for. */
const tops = [defaultTop, 200, 1000];

/**
 * @param {Page} page
 * @param {URLSearchParams} parameters
 * @param {Upload | undefined} upload The dropped picture, while it is in memory.
 * @returns {View}
 */
export const searchView = (page, parameters, upload) => {
  const address = readSearch(parameters);
  const { image, box, top } = address;
  /** @type {Query | undefined} */
  const by = image !== undefined ? { image } : upload;
  if (by === undefined) return forgottenView(address.upload);

  /** @type {SearchResponse} */
  let found;
  let above = address.above;
  const go = (/** @type {Partial<SearchAddress>} */ to) =>
    page.go(searchAddress({ ...address, above, ...to }), {
      stay: true,
      ...upload !== undefined && { upload: upload.key },
    });
  /** @type {ReturnType<typeof boxStage>} */
  let stage;
  const name = () => found.query.image?.name ?? upload?.file.name ?? "picture";
  const source = () => found.query.image?.original ?? upload?.address ?? "";
  const hideBelow = (
    /** @type {number} */ score,
    /** @type {boolean} */ done,
  ) => {
    above = score;
    page.update();
    if (done) page.rename(searchAddress({ ...address, above }));
  };
  const shown = () =>
    found.results.filter(({ score }) => above === undefined || score >= above);

  return {
    title: () => `Similar to ${found === undefined ? "…" : name()}`,
    load: async (signal) => {
      found = await search(by, { box, top }, signal);
      stage = boxStage({
        source: source(),
        name: name(),
        size: found.query,
        box,
        update: page.update,
        search: (part) => go({ box: part, above: undefined }),
      });
    },
    status: () =>
      `${count(shown().length, "result")} for ${
        box === undefined ? "" : "a part of "
      }${name()}`,
    template: () =>
      html`
        <div class="search">
          <section class="query" aria-label="Query">
                  ${takesPictures(page.index)
                    ? stage.template()
                    : pictureWithBox({
                      source: source(),
                      alt: name(),
                      size: found.query,
                      box,
                    })}
                  ${queryFacts(found, name())}
                </section>
          <section class="found" aria-labelledby="found">
                  <h1 id="found" tabindex="-1">${box === undefined
                    ? "Similar to"
                    : "Similar to a part of"} ${name()}</h1>
                  <p class="quiet">${searchWords(found.search)}</p>
                  ${scoreSlider(found, above, shown().length, hideBelow)}
                  ${resultList(page, {
                    by,
                    source: source(),
                    box,
                    found,
                    shown: shown(),
                  })}
                  ${moreResults(found, top, (more) => go({ top: more }))}
                </section>
        </div>
      `,
  };
};

/**
 * After a reload the browser no longer has a dropped picture.
 *
 * @param {string | undefined} name
 * @returns {View}
 */
const forgottenView = (name) => ({
  title: () => "Search by a picture",
  load: () => Promise.resolve(),
  status: () => "The picture has to be chosen again",
  template: () =>
    html`
      <div class="notice">
        <h1 tabindex="-1">${name === undefined
          ? "Choose a picture to search by"
          : `Choose or drop ${name} again`}</h1>
        <p>${name === undefined
          ? "Drop one on this page, paste one, or choose one at the top."
          : `A picture that you drop is searched by and then forgotten: it is never
          written to disk, so after a reload the page no longer has it.`}</p>
      </div>
    `,
});

/**
 * @param {SearchResponse} found
 * @param {string} name
 * @returns {TemplateResult}
 */
const queryFacts = ({ query }, name) => {
  const { image, width, height, clusterDistance, unusual } = query;
  const link = clusterLink(query);
  return html`<dl class="facts">
    <dt>Picture</dt>
    <dd class="path">${
    image === undefined
      ? name
      : html`<a href=${image.original} target="_blank">${image.path}</a>`
  }, ${width} × ${height}</dd>
    ${
    link === nothing ? nothing : html`
      <dt>Cluster</dt>
      <dd>${link}${clusterDistance === undefined
        ? nothing
        : `, distance ${figure(clusterDistance)}`}${unusual === undefined
        ? nothing
        : `, ${moreUnusualThan(unusual, "its images")}`}</dd>
    `
  }
  </dl>`;
};

/**
 * @param {SearchResponse} found
 * @param {number | undefined} above
 * @param {number} shown How many results are shown.
 * @param {(score: number, done: boolean) => void} hideBelow
 * @returns {TemplateResult | typeof nothing}
 */
const scoreSlider = ({ results }, above, shown, hideBelow) => {
  const scores = results.map(({ score }) => score);
  if (scores.length < 2) return nothing;
  const lowest = Math.floor(1000 * Math.min(...scores)) / 1000;
  const highest = Math.ceil(1000 * Math.max(...scores)) / 1000;
  const value = above ?? lowest;
  const valueOf = (/** @type {Event} */ event) =>
    Number(/** @type {HTMLInputElement} */ (event.target).value);
  return html`
    <p class="slider">
      <label for="above">Hide below score ${figure(value)}</label>
      <input id="above" type="range" min=${lowest} max=${highest} step="0.001"
        .value=${String(value)}
        @input=${(/** @type {Event} */ event) =>
          hideBelow(valueOf(event), false)}
        @change=${(/** @type {Event} */ event) =>
          hideBelow(valueOf(event), true)}>
      <output for="above">${shown} of ${results.length} shown</output>
    </p>
  `;
};

/**
 * @param {SearchResponse} found
 * @param {number} top
 * @param {(top: number) => void} go
 * @returns {TemplateResult | typeof nothing}
 */
const moreResults = ({ results }, top, go) => {
  const next = tops.find((more) => more > top);
  return next === undefined || results.length < top ? nothing : html`
    <p
      class="more"><button type="button" @click=${() => go(next)}>Show the best
        ${next}</button></p>
  `;
};
