/**
 * The rule that every cluster has an image, for k-means starts from as many
 * distinct images as there are clusters; and how many it should have.
 *
 * @module
 */
import { Effect } from "effect";
import type { RunConfiguration } from "./configuration.ts";
import { TooManyClustersError } from "./errors.ts";

/**
 * Requires at least as many images as clusters.
 *
 * @param configuration The run's settings.
 * @param images Number of images, `limit` applied.
 * @param unreadable How many of them cannot be read, as far as is known.
 * @returns Nothing, or `TooManyClustersError`.
 */
export const requireImages = (
  { clusters }: Pick<RunConfiguration, "clusters">,
  images: number,
  unreadable = 0,
): Effect.Effect<void, TooManyClustersError> =>
  clusters <= images - unreadable
    ? Effect.void
    : Effect.fail(new TooManyClustersError({ clusters, images, unreadable }));

/**
 * Minimum number of images for each cluster. The paper has 128 on ImageNet;
 * faiss asks for 39 points of whoever trains an index.
 */
const imagesPerCluster = 10;

/**
 * Returns a warning if clusters have few images each.
 *
 * @param images Number of images.
 * @param clusters Number of clusters.
 * @returns The warning, with its advice after a semicolon; `undefined` if there
 * are enough images.
 */
export const fewImagesWarning = (
  images: number,
  clusters: number,
): string | undefined => {
  const advised = Math.max(1, Math.floor(images / imagesPerCluster));
  if (images >= imagesPerCluster * clusters || clusters > images) {
    return undefined;
  }
  return `There are ${(images / clusters).toFixed(1)} images to a cluster ` +
    `(${images} images, --clusters ${clusters}): with fewer than ` +
    `${imagesPerCluster}, clusters are of single images more than of kinds; ` +
    (advised > 1 ? `use --clusters ${advised} or lower` : "use more images");
};
