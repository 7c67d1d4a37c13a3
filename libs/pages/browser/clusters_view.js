/**
 * The view of all clusters, or of all images when there are no clusters.
 *
 * @module
 */
import { getClusters, getImages } from "./api.js";
import { clusterScreen, dropZone, rowsAtOnce } from "./first_screen.js";
import { html } from "./lit-html.js";
import { moreButton, tile } from "./tiles.js";
import { count } from "./words.js";
/** @import { ClusterList, ClusterRow, ImageCard } from "../api_types.ts" */
/** @import { Page, View } from "./view.js" */

/**
 * @param {Page} page
 * @param {URLSearchParams} parameters
 * @param {ClusterList} [first] The first rows, when the server sent them along.
 * @returns {View}
 */
export const clustersView = (page, parameters, first) => {
  if (page.index.clusters === 0) return imagesView(page);
  const dismissed = parameters.get("dismissed") === "true";
  /** @type {ClusterRow[]} */
  const clusters = [];
  let [total, hidden, busy] = [0, 0, false];
  const append = (/** @type {ClusterList} */ list) => {
    clusters.push(...list.clusters);
    total = list.total;
    hidden = list.dismissed ?? 0;
  };
  const fetchRows = async (/** @type {AbortSignal | undefined} */ signal) =>
    append(
      await getClusters(
        { offset: clusters.length, limit: rowsAtOnce, dismissed },
        signal,
      ),
    );
  const more = () =>
    page.attempt(async () => {
      busy = true;
      page.update();
      await fetchRows(undefined).finally(() => busy = false);
    });
  return {
    title: () => "Clusters",
    load: async (signal) => {
      if (first === undefined) await fetchRows(signal);
      else append(first);
    },
    status: () => `${count(total, "cluster")}, the largest first`,
    template: () =>
      html`${
        clusterScreen({
          index: page.index,
          clusters,
          total,
          dismissed: hidden,
          withDismissed: dismissed,
        })
      }
        ${
        moreButton({
          shown: clusters.length,
          total,
          thing: "cluster",
          busy,
          more,
        })
      }`,
  };
};

/** How many pictures are shown at first, and more at a time. */
const imagesAtOnce = 96;

/**
 * @param {Page} page
 * @returns {View}
 */
const imagesView = (page) => {
  /** @type {ImageCard[]} */
  const images = [];
  let [total, busy] = [0, false];
  const fetchImages = async (/** @type {AbortSignal | undefined} */ signal) => {
    const list = await getImages(
      { offset: images.length, limit: imagesAtOnce },
      signal,
    );
    images.push(...list.images);
    total = list.total;
  };
  const more = () =>
    page.attempt(async () => {
      busy = true;
      page.update();
      await fetchImages(undefined).finally(() => busy = false);
    });
  return {
    title: () => "Images",
    load: fetchImages,
    status: () => count(total, "image"),
    template: () =>
      html`${dropZone(page.index)}
        <h1 tabindex="-1">${count(total, "image")}
          <small>this index has no clusters; a run's index has</small></h1>
        ${
        total === 0
          ? html`<p class="notice">No image is indexed yet.</p>`
          : html`<div class="grid">${images.map((image) => tile(image))}</div>`
      }
        ${
        moreButton({ shown: images.length, total, thing: "image", busy, more })
      }`,
  };
};
