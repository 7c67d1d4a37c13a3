/**
 * The view of duplicates: groups of images that are the same, or nearly so,
 * with the one to keep.
 *
 * @module
 */
import { getDuplicates, query } from "./api.js";
import { takesPictures } from "./first_screen.js";
import { html, nothing } from "./lit-html.js";
import { longList } from "./long_list.js";
import { clusterLink, tile } from "./tiles.js";
import { count, figure, percent } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { DuplicateGroup, DuplicateKind, DuplicateList } from "../api_types.ts" */
/** @import { Page, View } from "./view.js" */

/** How many groups are shown at first, and more at a time. */
const groupsAtOnce = 24;

/**
 * Each kind holds the ones before it.
 *
 * @type {readonly (readonly [DuplicateKind, string, string])[]}
 */
const kinds = [
  ["bytes", "Same file", "the files are equal byte by byte"],
  ["pixels", "Same picture", "the decoded pixels are equal"],
  ["near", "Nearly the same", "the vectors are alike"],
];

/**
 * Given vectors have no files: the same row is all that can be told.
 *
 * @param {Page} page
 * @returns {typeof kinds}
 */
const kindsOf = ({ index }) =>
  takesPictures(index) ? kinds : [
    ["bytes", "Same vector", "the vectors are equal"],
    ...kinds.slice(2),
  ];

/** What the slider offers: fractions of random pairs that are less alike. */
const percentiles = [0.999, 0.9995, 0.9999, 0.99995, 0.99999];

/** The fraction that the view starts with. */
const defaultPercentile = 0.99999;

/**
 * @param {Page} page
 * @param {URLSearchParams} parameters
 * @returns {View}
 */
export const duplicatesView = (page, parameters) => {
  const kind = kinds.find(([key]) => key === parameters.get("kind"))?.[0] ??
    "bytes";
  const percentile = kind === "near"
    ? Number(parameters.get("percentile") ?? defaultPercentile)
    : undefined;
  const list = longList(
    page,
    { thing: "group", limit: groupsAtOnce },
    (part, signal) => getDuplicates({ kind, percentile, ...part }, signal),
    (/** @type {DuplicateList} */ { groups }) => groups,
  );
  const total = () => list.answer().total;
  return {
    title: () => "Duplicates",
    load: list.load,
    status: () => count(total(), "group"),
    template: () =>
      html`
        <h1 tabindex="-1">Duplicates</h1>
                <p
          class="quiet">Nothing is ever deleted here. The list names all but the
                  one to keep of each group, for you to take away.</p>
                <div class="tools">
                  ${kindLinks(kindsOf(page), kind)}
                  ${total() === 0 ? nothing : html`
                    <p class="take"><a href=${`/api/duplicates.txt?${
                      query({ kind, percentile })
                    }`} download>Take away the list</a></p>
                  `}
                </div>
                ${percentile === undefined
                  ? nothing
                  : thresholdSlider(page, percentile, list.answer())}
                ${percentile === undefined
                  ? nothing
                  : fewPairs(page, percentile)}
                <p role="status">${count(total(), "group")}: ${kindsOf(page)
                  .find((
                    [key],
                  ) => key === kind)?.[2]}</p>
                ${total() === 0
                  ? html`<p class="notice">No duplicates of this kind.</p>`
                  : html`<div class="groups">${
                    list.items.map((group) =>
                      groupTemplate(kindsOf(page), group)
                    )
                  }</div>`}
                ${list.button()}
      `,
  };
};

/**
 * @param {DuplicateKind} kind
 * @param {number} [percentile]
 * @returns {string}
 */
const address = (kind, percentile) =>
  `/duplicates?${query({ kind, percentile })}`;

/**
 * @param {typeof kinds} all
 * @param {DuplicateKind} kind
 * @returns {TemplateResult}
 */
const kindLinks = (all, kind) =>
  html`
    <nav aria-label="Kind of duplicates">
      <ul class="choices">${all.map(([key, name]) =>
        html`<li><a href=${address(key)}
        aria-current=${key === kind ? "true" : nothing}>${name}</a></li>`
      )}</ul>
    </nav>
  `;

/**
 * @param {Page} page
 * @param {number} percentile
 * @param {DuplicateList} list
 * @returns {TemplateResult}
 */
const thresholdSlider = (page, percentile, { level }) => {
  const place = percentiles.findIndex((each) => each >= percentile);
  const words = `nearer than ${percent(percentile)} of random pairs`;
  const choose = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    page.go(address("near", percentiles[Number(value)]), { stay: true });
  };
  return html`<p class="slider">
    <label for="threshold">Pairs ${words}</label>
    <input id="threshold" type="range" min="0" max=${percentiles.length - 1}
      step="1" .value=${String(place < 0 ? percentiles.length - 1 : place)}
      aria-valuetext=${words} @change=${choose}>
    ${
    level === undefined
      ? nothing
      : html`<output for="threshold">score ${figure(level)} and above</output>`
  }
  </p>`;
};

/**
 * An index always has a most similar pair, alike or not.
 *
 * @param {Page} page
 * @param {number} percentile
 * @returns {TemplateResult | typeof nothing} What it means that the index has
 * too few pairs for the percentile, if it has.
 */
const fewPairs = ({ index: { vectors } }, percentile) => {
  const pairs = vectors * (vectors - 1) / 2;
  return pairs * (1 - percentile) >= 1 ? nothing : html`
    <p
      class="notice">${count(
        pairs,
        "pair",
      )} of images are too few for ${percent(
        percentile,
      )}: the most similar pair is shown, however much or little alike.</p>
  `;
};

/**
 * @param {typeof kinds} all
 * @param {DuplicateGroup} group
 * @returns {TemplateResult}
 */
const groupTemplate = (all, { kind, keep, why, score, members }) => {
  const words = all.find(([key]) => key === kind)?.[1].toLowerCase();
  const other = kind === "near" ? "similar" : "copy";
  const [kept] = members.filter(({ id }) => id === keep);
  return html`
    <section class="group" aria-label=${`${
      count(members.length, "image")
    } like ${kept?.name ?? "each other"}`}>
      <p>${count(members.length, "image")}, ${words}${score === undefined
        ? nothing
        : `, score ${
          figure(score)
        } and above`}. <span class="quiet">Kept: ${why}.</span></p>
      <ul>${[...members].sort((a, b) =>
        Number(b.id === keep) - Number(a.id === keep)
      )
        .map((image) =>
          html`<li class=${image.id === keep ? "kept" : ""}>
          ${tile(image, { note: image.id === keep ? "kept" : other })}
          <p><strong>${image.id === keep ? "keep" : other}</strong>
            ${
            image.width === 0 ? nothing : `${image.width} × ${image.height}`
          }</p>
          <p><a class="path" href=${image.original} target="_blank">${image.path}</a></p>
          <p>${clusterLink(image)}</p>
        </li>`
        )}</ul>
    </section>
  `;
};
