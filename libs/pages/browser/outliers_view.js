/**
 * The view of outliers: images far from their centroid and their neighbours.
 *
 * @module
 */
import { getOutliers } from "./api.js";
import { html, nothing } from "./lit-html.js";
import { clusterLink, moreButton, tile } from "./tiles.js";
import { count, figure, moreUnusualThan } from "./words.js";
/** @import { OutlierList } from "../api_types.ts" */
/** @import { Page, View } from "./view.js" */

/** How many images are shown at first, and more at a time. */
const imagesAtOnce = 48;

/**
 * @param {Page} page
 * @returns {View}
 */
export const outliersView = (page) => {
  /** @type {OutlierList["outliers"][number][]} */
  const outliers = [];
  let [total, busy] = [0, false];
  const fetchOutliers = async (
    /** @type {AbortSignal | undefined} */ signal,
  ) => {
    const list = await getOutliers(
      { offset: outliers.length, limit: imagesAtOnce },
      signal,
    );
    outliers.push(...list.outliers);
    total = list.total;
  };
  const more = () =>
    page.attempt(async () => {
      busy = true;
      page.update();
      await fetchOutliers(undefined).finally(() => busy = false);
    });
  return {
    title: () => "Outliers",
    load: fetchOutliers,
    status: () => `${count(total, "image")}, the most unusual first`,
    template: () =>
      html`<h1 tabindex="-1">Outliers</h1>
        <p class="quiet">The images farthest from their nearest neighbours and
          the centroid of their cluster, the most unusual first. This is an
          order, not a verdict.</p>
        ${
        total === 0
          ? html`<p class="notice">There is no image to compare.</p>`
          : html`<ol class="results">${
            outliers.map((outlier) =>
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
        ${
        moreButton({
          shown: outliers.length,
          total,
          thing: "image",
          busy,
          more,
        })
      }`,
  };
};
