/**
 * The view of outliers: images far from their centroid and their neighbours.
 *
 * @module
 */
import { getOutliers } from "./api.js";
import { html, nothing } from "./lit-html.js";
import { longList } from "./long_list.js";
import { clusterLink, tile } from "./tiles.js";
import { count, figure, moreUnusualThan } from "./words.js";
/** @import { Page, View } from "./view.js" */

/** How many images are shown at first, and more at a time. */
const imagesAtOnce = 48;

/**
 * @param {Page} page
 * @returns {View}
 */
export const outliersView = (page) => {
  const list = longList(
    page,
    { thing: "image", limit: imagesAtOnce },
    getOutliers,
    ({ outliers }) => outliers,
  );
  const total = () => list.answer().total;
  return {
    title: () => "Outliers",
    load: list.load,
    status: () => `${count(total(), "image")}, the most unusual first`,
    template: () =>
      html`<h1 tabindex="-1">Outliers</h1>
        <p class="quiet">The images farthest from both their nearest
          neighbours and the centroid of their cluster, the most unusual first;
          the percentage is the lower one of the two distances. This is an
          order, not a verdict.</p>
        ${
        total() === 0
          ? html`<p class="notice">There is no image to compare.</p>`
          : html`<ol class="results">${
            list.items.map((outlier) =>
              html`<li class="result">
                ${tile(outlier.image, { large: true })}
                <p>${moreUnusualThan(outlier.unusual, "the images")}</p>
                <p class="quiet">neighbours at ${
                figure(outlier.neighbourDistance)
              }${
                outlier.centroidDistance === undefined
                  ? nothing
                  : `, centroid at ${figure(outlier.centroidDistance)}`
              }</p>
                <p>${clusterLink(outlier.image)}</p>
                <p><a class="path" href=${outlier.image.original}
                  target="_blank">${outlier.image.path}</a></p>
              </li>`
            )
          }</ol>`
      }
        ${list.button()}`,
  };
};
