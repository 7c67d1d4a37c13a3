/**
 * The picture of a run: images of its clusters, row by row.
 *
 * Paper: section 4.2, clusters and images in them.
 *
 * @module
 */
import { folderStore, readAssignments } from "@deepcluster/checkpoint";
import type { Labels } from "@deepcluster/data";
import type { RunImages } from "@deepcluster/training";
import { clusterSheet } from "@deepcluster/visualisation";
import { Effect } from "effect";

const shown = { clusters: 24, images: 12 };

/** Name of the picture in the run folder. */
export const sheetName = "clusters.png";

/**
 * Draws random images of random clusters of an epoch, so that the picture
 * flatters nobody.
 *
 * @param folder The run folder.
 * @param epoch Epoch of the clustering, from 1.
 * @param images The run's images.
 * @param labels Classes of the same images, for the shares beside the titles.
 * @returns Nothing, or the errors of reading and writing.
 */
export const writeSheet = Effect.fnUntraced(function* (
  folder: string,
  epoch: number,
  images: RunImages,
  labels: Labels | undefined,
) {
  const store = folderStore(folder);
  const { clusters } = yield* readAssignments(store, epoch);
  const png = yield* clusterSheet({
    assignments: clusters,
    load: images.decoded,
    ...labels && { labels },
  }, {
    clusters: {
      by: "chance",
      count: shown.clusters,
      seed: epoch,
      minimumSize: 2,
    },
    images: { by: "chance", count: shown.images, seed: epoch },
    title: `Clusters of epoch ${epoch}`,
    tilesPerRow: shown.images,
  });
  yield* store.put(sheetName, png);
});
