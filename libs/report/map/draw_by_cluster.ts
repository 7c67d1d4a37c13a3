/**
 * A sample of images such that every cluster is seen.
 *
 * @module
 */
import { draws } from "@deepcluster/core";

/**
 * Draws images by cluster: one of each cluster that has any, the others in
 * proportion to the clusters' sizes. With fewer places than clusters, one image
 * of each of some clusters.
 *
 * @param clusters `[n]` cluster of each image, from 0.
 * @param count Images to draw, at most.
 * @param seed Names the draws.
 * @returns Indices, ascending, at most `count` of them; all n where there are
 * no more. By rounding down it can be fewer than `count`.
 *
 * @example One of the small cluster, three of the large one
 * ```ts
 * import { drawByCluster } from "./draw_by_cluster.ts";
 * import assert from "node:assert/strict";
 *
 * const clusters = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1);
 * const drawn = drawByCluster(clusters, 4, 1);
 * assert.equal(drawn.length, 4);
 * assert.equal(drawn.at(-1), 7);
 * ```
 */
export const drawByCluster = (
  clusters: Int32Array,
  count: number,
  seed: number,
): Int32Array => {
  const n = clusters.length;
  if (n <= count) return Int32Array.from(clusters.keys());
  const members = [...Map.groupBy(clusters.keys(), (i) => clusters[i]!)]
    .sort(([a], [b]) => a - b);
  const seen = count >= members.length ? members : Array.from(
    draws(seed, "map", "clusters").sample(count, members.length),
    (place) => members[place]!,
  );
  // What is left when every cluster has one image, for those that are left.
  const ratio = Math.max(0, count - members.length) / (n - members.length);
  return Int32Array.from(seen.flatMap(([cluster, indices]) => {
    const places = 1 + Math.floor((indices.length - 1) * ratio);
    const drawn = draws(seed, "map", "images", cluster)
      .sample(places, indices.length);
    return Array.from(drawn, (place) => indices[place]!);
  })).sort();
};
