/**
 * The view of one cluster: all its images, its neighbours, what a person says
 * of it, and what can be taken away.
 *
 * @module
 */
import { clusterAddress } from "./address.js";
import { getCluster } from "./api.js";
import { curation } from "./curation.js";
import { html, nothing } from "./lit-html.js";
import { longList } from "./long_list.js";
import { tile } from "./tiles.js";
import { clusterTitle, count, distanceWords, figure } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { ClusterDetail } from "../api_types.ts" */
/** @import { Page, View } from "./view.js" */

/** How many images are shown at first, and more at a time. */
const imagesAtOnce = 96;

const orders = [
  ["nearest", "Nearest the centroid"],
  ["farthest", "Farthest from it"],
  ["path", "By path"],
];

/**
 * @param {Page} page
 * @param {number} cluster
 * @param {URLSearchParams} parameters
 * @returns {View}
 */
export const clusterView = (page, cluster, parameters) => {
  const order = parameters.get("order") ?? "nearest";
  const list = longList(
    page,
    { thing: "image", limit: imagesAtOnce },
    (part, signal) => getCluster(cluster, { ...part, order }, signal),
    (/** @type {ClusterDetail} */ { members }) => members,
  );
  const detail = list.answer;
  const controls = curation(page, detail, list.reload);
  return {
    title: () => clusterTitle(cluster, detail().name),
    load: list.load,
    status: () =>
      `${clusterTitle(cluster, detail().name)}, ${
        count(detail().total, "image")
      }`,
    template: () =>
      html`${controls.heading()}
        <p class="facts">${count(detail().size, "image")} ·
          <span title=${distanceWords}>mean distance to the centroid ${
        figure(detail().tightness)
      }</span>${
        detail().name === undefined ? nothing : html`
          · cluster ${cluster}
        `
      }</p>
        ${controls.state()}
        <div class="tools">${orderLinks(cluster, order)} ${
        takeAway(cluster)
      }</div>
        <div class="cluster">
        ${neighbours(detail(), controls)}
        <section aria-label="Images">
        <div class="grid">${
        list.items.map((image, i) => tile(image, { eager: i < 24 }))
      }</div>
        ${list.button()}
        </section></div>`,
  };
};

/**
 * @param {number} cluster
 * @param {string} order
 * @returns {TemplateResult}
 */
const orderLinks = (cluster, order) =>
  html`
    <nav aria-label="Order">
      <ul class="choices">${orders.map(([key, name]) =>
        html`<li><a href=${clusterAddress(cluster, key)}
        aria-current=${key === order ? "true" : nothing}>${name}</a></li>`
      )}</ul>
    </nav>
  `;

/**
 * @param {number} cluster
 * @returns {TemplateResult}
 */
const takeAway = (cluster) => {
  const from = `/api/clusters/${cluster}`;
  return html`<p class="take">Take away:
    <a href=${`${from}/members.csv`} download>table (CSV)</a>
    <a href=${`${from}/links.txt`} download>list of paths</a>
    <a href=${`${from}/sheet.png`} download>contact sheet</a></p>`;
};

/**
 * @param {ClusterDetail} detail
 * @param {ReturnType<typeof curation>} controls
 * @returns {TemplateResult | typeof nothing}
 */
const neighbours = (detail, controls) =>
  detail.neighbours.length === 0 ? nothing : html`
    <section
      aria-labelledby="neighbours">
      <h2 id="neighbours">Neighbouring clusters</h2>
      <div class="neighbours">${detail.neighbours.map((near) =>
        html`
          <section class="row" aria-labelledby=${`cluster-${near.cluster}`}>
            <header>
                    <h3 id=${`cluster-${near.cluster}`}><a
                      href=${clusterAddress(near.cluster)}>${clusterTitle(
                        near.cluster,
                        near.name,
                      )}</a></h3>
                    <p>${count(near.size, "image")}</p>
                    <p>distance ${figure(near.distance)}</p>
                    ${controls.mergeButton(near)}
                  </header>
            <div class="strip">${near.members.map((image) => tile(image))}</div>
          </section>
        `
      )}</div>
    </section>
  `;
