/**
 * The clusters of an index with their images, as a person has named, merged and
 * dismissed them.
 *
 * @module
 */
import { row } from "@deepcluster/core";
import {
  type Curation,
  type IndexedImage,
  mergedRoot,
  type SearchIndex,
} from "@deepcluster/retrieval";
import { cardOf, type Shown } from "./cards.ts";

/** A cluster with all images that are counted with it. */
export interface ClusterMembers {
  /** The cluster, from 0. */
  readonly cluster: number;
  /** Clusters that were merged into it, and itself. */
  readonly parts: readonly number[];
  /** Its images, nearest to their centroid first. */
  readonly images: readonly IndexedImage[];
  /** Mean distance of its images to their centroid. */
  readonly tightness: number;
}

/** All clusters of an index. */
export interface ClusterLists extends Shown {
  /** Those that have images, largest first, dismissed ones included. */
  readonly clusters: readonly ClusterMembers[];
  /** Of them, by number. */
  readonly byCluster: ReadonlyMap<number, ClusterMembers>;
}

/**
 * Lists the images of every cluster.
 *
 * @param index The index; all its images are read.
 * @param curation What was said of its clusters.
 * @returns The clusters.
 */
export const listClusters = (
  index: SearchIndex,
  curation: Pick<Curation, "notes">,
): ClusterLists => {
  const members = new Map<number, IndexedImage[]>();
  const parts = new Map<number, Set<number>>();
  const byRow = new Map<number, IndexedImage[]>();
  for (const image of index.images) {
    const copies = byRow.get(image.vector);
    if (copies === undefined) byRow.set(image.vector, [image]);
    else copies.push(image);
    const own = index.clusters[image.vector] ?? -1;
    if (own < 0) continue;
    const cluster = mergedRoot(curation, own);
    const those = members.get(cluster);
    if (those === undefined) members.set(cluster, [image]);
    else those.push(image);
    parts.set(cluster, (parts.get(cluster) ?? new Set([cluster])).add(own));
  }
  const distanceOf = ({ vector }: IndexedImage) => index.distances[vector] ?? 0;
  const clusters = Array.from(members, ([cluster, images]) => ({
    cluster,
    parts: [...parts.get(cluster)!].sort((a, b) => a - b),
    images: images.sort((a, b) => distanceOf(a) - distanceOf(b) || a.id - b.id),
    tightness: images.reduce((sum, image) => sum + distanceOf(image), 0) /
      images.length,
  })).sort((a, b) =>
    b.images.length - a.images.length || a.cluster - b.cluster
  );
  return {
    index,
    imagesOf: (row) => byRow.get(row) ?? [],
    curation,
    clusters,
    byCluster: new Map(clusters.map((one) => [one.cluster, one])),
  };
};

/**
 * Writes a cluster as a row of the first screen.
 *
 * @param lists All clusters.
 * @param members The cluster.
 * @param count Pictures, at most; copies of one picture count once.
 * @returns The row.
 */
export const clusterRow = (
  lists: ClusterLists,
  members: ClusterMembers,
  count: number,
) => {
  const { cluster, images, tightness } = members;
  const { name, dismissed = false, mergedInto } =
    lists.curation.notes.get(cluster) ?? {};
  return {
    cluster,
    ...name !== undefined && { name },
    size: images.length,
    tightness,
    dismissed,
    ...mergedInto !== undefined && { mergedInto },
    members: distinct(images, count).map((image) => cardOf(lists, image)),
  };
};

/** The first images that are no copies of each other. */
const distinct = (images: readonly IndexedImage[], count: number) => {
  const rows = new Set<number>();
  const first: IndexedImage[] = [];
  for (const image of images) {
    if (first.length >= count) break;
    if (rows.has(image.vector)) continue;
    rows.add(image.vector);
    first.push(image);
  }
  return first;
};

/** Clusters that are shown as neighbours of another. */
const neighbourCount = 6;

/**
 * Finds the clusters whose centroids are nearest to that of a cluster.
 *
 * @param lists All clusters.
 * @param members The cluster.
 * @returns The nearest that are not dismissed, with three pictures each.
 */
export const neighboursOf = (
  lists: ClusterLists,
  { cluster }: ClusterMembers,
) => {
  const { index: { centroids }, curation: { notes } } = lists;
  const own = row(centroids, cluster);
  return lists.clusters
    .filter((other) =>
      other.cluster !== cluster && !notes.get(other.cluster)?.dismissed
    )
    .map((other) => ({
      other,
      distance: distanceBetween(own, row(centroids, other.cluster)),
    }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, neighbourCount)
    .map(({ other, distance }) => {
      const { cluster, name, size, members } = clusterRow(lists, other, 3);
      return {
        cluster,
        ...name !== undefined && { name },
        size,
        distance,
        members,
      };
    });
};

/**
 * Computes the Euclidean distance of two vectors.
 *
 * @param a A vector.
 * @param b Another, as long.
 * @returns The distance.
 */
export const distanceBetween = (
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number => {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(square);
};
