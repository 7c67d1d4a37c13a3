/**
 * The picture of a run: images of its clusters, row by row.
 *
 * Paper: section 4.2, clusters and images in them.
 *
 * @module
 */
import type { Labels } from "@deepcluster/data";
import { readAssignments } from "@deepcluster/runs";
import { CheckpointStore } from "@deepcluster/storage";
import { shown, typed } from "@deepcluster/terminal";
import type { RunImages } from "@deepcluster/training";
import {
  chooseClusters,
  classesByNumber,
  clusterSheet,
} from "@deepcluster/visualisation";
import { Cause, Effect } from "effect";
import { join } from "node:path";

const drawn = { clusters: 24, images: 12 };

/** Name of the picture in the run folder. */
export const sheetName = "clusters.png";

/**
 * Draws random images of random clusters of an epoch, so that the picture
 * flatters nobody. A picture never fails a run: what keeps it from being drawn
 * is said as a warning.
 *
 * @param folder The run folder, for messages.
 * @param epoch Epoch of the clustering, from 1.
 * @param images The run's images.
 * @param labels Classes of the same images, for the shares beside the titles.
 * @returns Whether it was drawn.
 */
export const writeSheet = (
  folder: string,
  epoch: number,
  images: Pick<RunImages, "decoded">,
  labels: Labels | undefined,
): Effect.Effect<boolean, never, CheckpointStore> =>
  draw(epoch, images, labels).pipe(
    Effect.as(true),
    Effect.catchCause((cause) =>
      Cause.hasInterrupts(cause)
        ? Effect.interrupt
        : Effect.as(warn(folder, cause), false)
    ),
  );

/**
 * Titles the picture, so that a cluster that is not on it is not taken for one
 * that does not exist.
 *
 * @param epoch Epoch of the clustering, from 1.
 * @param clusters Cluster of each image, shape `[n]`.
 * @returns `Clusters of epoch 3`, or `24 random ones of the 30 clusters of epoch
 * 3`.
 */
export const sheetTitle = (epoch: number, clusters: Int32Array): string => {
  const all = chooseClusters(clusters, { by: "size", count: Infinity }).length;
  return all <= drawn.clusters
    ? `Clusters of epoch ${epoch}`
    : `${drawn.clusters} random ones of the ${all} clusters of epoch ${epoch}`;
};

const draw = Effect.fnUntraced(function* (
  epoch: number,
  images: Pick<RunImages, "decoded">,
  labels: Labels | undefined,
) {
  const store = yield* CheckpointStore;
  const { clusters } = yield* readAssignments(store, epoch);
  const png = yield* clusterSheet({
    assignments: clusters,
    load: images.decoded,
    ...labels && { labels },
  }, {
    clusters: {
      by: "chance",
      count: drawn.clusters,
      seed: epoch,
      minimumSize: 2,
    },
    images: { by: "chance", count: drawn.images, seed: epoch },
    title: sheetTitle(epoch, clusters),
    tilesPerRow: drawn.images,
  });
  yield* store.put(sheetName, png);
  const byNumber = labels ? classesByNumber(labels) : [];
  if (byNumber.length > 0) {
    const named = byNumber.slice(0, drawn.clusters)
      .map(([number, name]) => `class ${number} is ${name}`);
    const more = byNumber.length > named.length ? ", …" : "";
    yield* Effect.logInfo(
      `${sheetName} shows classes by number where there are no letterforms ` +
        `for their names: ${named.join(", ")}${more}`,
    );
  }
});

const warn = (folder: string, cause: Cause.Cause<Error>) => {
  const error = Cause.squash(cause);
  return Effect.logWarning(
    `Cannot draw ${shown(join(folder, sheetName))}: ${
      error instanceof Error ? error.message : error
    }; the run itself is finished, and \`deno task resume ${typed(folder)}\` ` +
      `draws it again`,
  );
};
