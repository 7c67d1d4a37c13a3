/**
 * The view of all clusters, or of all images when there are no clusters.
 *
 * @module
 */
import { getClusters, getImages } from "./api.js";
import { clusterScreen, dropZone, rowsAtOnce } from "./first_screen.js";
import { html } from "./lit-html.js";
import { longList } from "./long_list.js";
import { tile } from "./tiles.js";
import { count } from "./words.js";
/** @import { ClusterList } from "../api_types.ts" */
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
  const list = longList(
    page,
    { thing: "cluster", limit: rowsAtOnce },
    (part, signal) => getClusters({ ...part, dismissed }, signal),
    (/** @type {ClusterList} */ { clusters }) => clusters,
  );
  return {
    title: () => "Clusters",
    load: async (signal) => {
      if (first === undefined) await list.load(signal);
      else list.append(first);
    },
    status: () => `${count(list.answer().total, "cluster")}, the largest first`,
    template: () =>
      html`${
        clusterScreen({
          ...list.answer(),
          index: page.index,
          clusters: list.items,
          withDismissed: dismissed,
        })
      }${list.button()}`,
  };
};

/** How many pictures are shown at first, and more at a time. */
const imagesAtOnce = 96;

/**
 * @param {Page} page
 * @returns {View}
 */
const imagesView = (page) => {
  const list = longList(
    page,
    { thing: "image", limit: imagesAtOnce },
    getImages,
    ({ images }) => images,
  );
  const total = () => list.answer().total;
  return {
    title: () => "Images",
    load: list.load,
    status: () => count(total(), "image"),
    template: () =>
      html`${dropZone(page.index)}
        <h1 tabindex="-1">${count(total(), "image")}
          <small>this index has no clusters</small></h1>
        ${
        total() === 0
          ? html`<p class="notice">No image is indexed yet.</p>`
          : html`<div class="grid">${
            list.items.map((image) => tile(image))
          }</div>`
      }${list.button()}`,
  };
};
