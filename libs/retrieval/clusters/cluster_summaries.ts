/**
 * Clusters in figures: size, tightness, the nearest other clusters, and how
 * unusual an image is among those of its cluster.
 *
 * @module
 */
import { type Matrix, row } from "@deepcluster/core";
import { countBelow } from "../search/count_below.ts";

/** Images with their clusters. */
export interface ClusteredRows {
  /** `[n]` cluster of each image, from 0; -1: none. */
  readonly clusters: Int32Array;
  /** `[n]` distance of each image to the centroid of its cluster. */
  readonly distances?: Float32Array;
  /** `[k, c]` centroids. */
  readonly centroids: Matrix;
}

/** A cluster in figures. */
export interface ClusterSummary {
  /** The cluster, from 0. */
  readonly cluster: number;
  /** Its images. */
  readonly size: number;
  /** Mean distance of its images to the centroid, where distances are known. */
  readonly tightness?: number;
  /** Other clusters that have images, the one with the nearest centroid first. */
  readonly nearest: readonly NearCluster[];
}

/** Another cluster. */
export interface NearCluster {
  /** The cluster, from 0. */
  readonly cluster: number;
  /** Euclidean distance between the centroids. */
  readonly distance: number;
}

/**
 * Describes every cluster that has images.
 *
 * O(n + k² c) time.
 *
 * @param rows The images.
 * @param neighbours Nearest clusters of each that are listed. Default: 3.
 * @returns The clusters, largest first, of equal ones the lower first.
 */
export const summariseClusters = (
  { clusters, distances, centroids }: ClusteredRows,
  neighbours = 3,
): readonly ClusterSummary[] => {
  const sizes = new Int32Array(centroids.rows);
  const sums = new Float64Array(centroids.rows);
  clusters.forEach((cluster, i) => {
    if (cluster < 0) return;
    sizes[cluster]!++;
    sums[cluster]! += distances?.[i] ?? 0;
  });
  const present = Array.from(sizes.keys()).filter((one) => sizes[one]! > 0);
  return present.map((cluster) => ({
    cluster,
    size: sizes[cluster]!,
    ...distances && { tightness: sums[cluster]! / sizes[cluster]! },
    nearest: nearestOf(centroids, cluster, present, neighbours),
  })).sort((a, b) => b.size - a.size || a.cluster - b.cluster);
};

const nearestOf = (
  centroids: Matrix,
  cluster: number,
  present: readonly number[],
  count: number,
): readonly NearCluster[] => {
  const own = row(centroids, cluster);
  return present.filter((other) => other !== cluster)
    .map((other) => ({
      cluster: other,
      distance: distanceBetween(own, row(centroids, other)),
    }))
    .sort((a, b) => a.distance - b.distance || a.cluster - b.cluster)
    .slice(0, count);
};

const distanceBetween = (a: Float32Array, b: Float32Array): number => {
  let square = 0;
  for (let j = 0; j < a.length; j++) square += (a[j]! - b[j]!) ** 2;
  return Math.sqrt(square);
};

/**
 * Tells how unusual an image is for a cluster: the fraction of the cluster's
 * own images that lie nearer to the centroid; from 0, the most typical, to 1,
 * farther out than all of them. Undefined for a cluster without images.
 */
export type Unusual = (
  cluster: number,
  distance: number,
) => number | undefined;

/**
 * Prepares {@link Unusual} from the images that the clusters are made of.
 *
 * O(n log n) time once, O(log n) for each image.
 *
 * @param clusters `[n]` their clusters.
 * @param distances `[n]` their distances.
 * @returns Tells how unusual an image is.
 */
export const unusualAmong = (
  clusters: Int32Array,
  distances: Float32Array,
): Unusual => {
  const byCluster = new Map<number, number[]>();
  clusters.forEach((cluster, i) => {
    const own = byCluster.get(cluster);
    if (own === undefined) byCluster.set(cluster, [distances[i]!]);
    else own.push(distances[i]!);
  });
  const sorted = new Map(
    Array.from(
      byCluster,
      ([cluster, own]) => [cluster, Float32Array.from(own).sort()],
    ),
  );
  return (cluster, distance) => {
    const own = sorted.get(cluster);
    return own && countBelow(own, distance) / own.length;
  };
};

/**
 * Says in words how unusual an image is.
 *
 * @param fraction From {@link Unusual}.
 * @returns Such as `typical` or `farther out than 97 % of the cluster`.
 */
export const unusualInWords = (fraction: number | undefined): string => {
  if (fraction === undefined) return "the cluster has no images of its own";
  if (fraction === 1) return "farther out than every image of the cluster";
  const percent = Math.floor(fraction * 100);
  return percent < 50
    ? "typical"
    : `farther out than ${percent} % of the cluster`;
};
