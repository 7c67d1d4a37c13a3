/**
 * Figures of every cluster, and which clusters they make worth looking at.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import type { Labels } from "@deepcluster/data";
import type { ClusterChoice, MajorityClass } from "./report_cluster.ts";

/** A clustering of `n` images into `k` clusters. */
export interface ClusteredImages {
  /** `[n]` cluster of each image, from 0 to `k - 1`. */
  readonly assignments: Int32Array;
  /** Number of clusters, empty ones included. */
  readonly k: number;
  /** `[n]` distance of each image to its centroid, where it is known. */
  readonly distances?: Float32Array;
  /** Classes of the images, where they have labels. */
  readonly labels?: Labels;
}

/** Figures of every cluster, `[k]`. */
export interface ClusterFigures {
  /** Images. */
  readonly sizes: Int32Array;
  /** Mean distance to the centroid; NaN for an empty cluster. */
  readonly tightness?: Float64Array;
  /** The most frequent class; undefined where no image is labelled. */
  readonly majorities?: readonly (MajorityClass | undefined)[];
}

/**
 * Computes the figures of every cluster.
 *
 * O(n + k) time, and as much memory as there are pairs of a cluster and a class
 * that occur.
 *
 * @param clustered The images.
 * @returns The figures.
 */
export const clusterFigures = (
  { assignments, k, distances, labels }: ClusteredImages,
): ClusterFigures => {
  const sizes = sizesOf(assignments, k);
  return {
    sizes,
    ...distances && { tightness: meansOf(assignments, distances, sizes) },
    ...labels && { majorities: majoritiesOf(assignments, k, labels) },
  };
};

/**
 * Counts the images of every cluster.
 *
 * @param assignments `[n]` cluster of each image.
 * @param k Clusters at least.
 * @returns `[k]`, or longer where there are clusters beyond.
 */
export const sizesOf = (assignments: Int32Array, k = 0): Int32Array => {
  let clusters = k;
  for (const cluster of assignments) clusters = Math.max(clusters, cluster + 1);
  const sizes = new Int32Array(clusters);
  for (const cluster of assignments) sizes[cluster]!++;
  return sizes;
};

const meansOf = (
  assignments: Int32Array,
  distances: Float32Array,
  sizes: Int32Array,
): Float64Array => {
  const sums = new Float64Array(sizes.length);
  assignments.forEach((cluster, i) => sums[cluster]! += distances[i]!);
  return sums.map((sum, cluster) => sum / sizes[cluster]!);
};

const majoritiesOf = (
  assignments: Int32Array,
  k: number,
  { names, classes }: Labels,
): readonly (MajorityClass | undefined)[] => {
  const counts = new Map<number, number>();
  assignments.forEach((cluster, i) => {
    if (classes[i]! < 0) return;
    const pair = cluster * names.length + classes[i]!;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  });
  const labelled = new Int32Array(k);
  const best = new Int32Array(k).fill(-1);
  const most = new Int32Array(k);
  for (const [pair, count] of counts) {
    const cluster = Math.floor(pair / names.length);
    const label = pair % names.length;
    labelled[cluster]! += count;
    const lead = count - most[cluster]!;
    if (lead > 0 || (lead === 0 && label < best[cluster]!)) {
      best[cluster] = label;
      most[cluster] = count;
    }
  }
  return Array.from(best, (label, cluster) =>
    label < 0 ? undefined : {
      label: names[label]!,
      fraction: most[cluster]! / labelled[cluster]!,
      labelled: labelled[cluster]!,
    });
};

/** Which clusters {@link clustersToShow} chooses. */
export interface ChoiceOptions {
  /**
   * Clusters for each reason. Up to twice as many are few: all are shown once.
   */
  readonly each: number;
  /**
   * Images that a cluster must have to be tightest, loosest or purest (there:
   * labelled ones): of a single image, each cluster is perfectly so.
   */
  readonly minimumSize: number;
  /** Names the draw of the random ones. */
  readonly seed: number;
}

/**
 * Chooses clusters to look at, none of them empty. Of equal ones the lower
 * number is first, except of equally pure ones the larger.
 *
 * @param figures Of all clusters.
 * @param options See {@link ChoiceOptions}.
 * @returns Clusters for each reason, the most extreme first; the random ones by
 * number. A reason whose figures are unknown is absent. Where clusters are few,
 * all of them, the largest first.
 */
export const clustersToShow = (
  { sizes, tightness, majorities }: ClusterFigures,
  { each, minimumSize, seed }: ChoiceOptions,
): ReadonlyMap<ClusterChoice, readonly number[]> => {
  const present = Array.from(sizes.keys()).filter((one) => sizes[one]! > 0);
  const large = present.filter((one) => sizes[one]! >= minimumSize);
  const sorted = (some: readonly number[], ...keys: readonly Key[]) =>
    some.toSorted((a, b) =>
      keys.map((key) => key(a) - key(b)).find((sign) => sign !== 0) ?? a - b
    );
  const first = (some: readonly number[], ...keys: readonly Key[]) =>
    sorted(some, ...keys).slice(0, each);
  const smallFirst: Key = (one) => sizes[one]!;
  const largeFirst: Key = (one) => -sizes[one]!;
  if (present.length <= 2 * each) {
    return new Map([["all", sorted(present, largeFirst)]]);
  }
  const choices = new Map<ClusterChoice, readonly number[]>([
    ["largest", first(present, largeFirst)],
    ["smallest", first(present, smallFirst)],
  ]);
  if (tightness) {
    choices.set("tightest", first(large, (one) => tightness[one]!));
    choices.set("loosest", first(large, (one) => -tightness[one]!));
  }
  if (majorities) {
    const labelled = present.filter((one) =>
      (majorities[one]?.labelled ?? 0) >= minimumSize
    );
    const pureFirst: Key = (one) => -majorities[one]!.fraction;
    choices.set("purest", first(labelled, pureFirst, largeFirst));
  }
  return choices.set("random", drawn(present, each, seed));
};

/** What clusters are sorted by, ascending. */
type Key = (cluster: number) => number;

const drawn = (
  clusters: readonly number[],
  count: number,
  seed: number,
): readonly number[] =>
  count >= clusters.length ? clusters : Array.from(
    draws(seed, "report", "clusters").sample(count, clusters.length).sort(),
    (rank) => clusters[rank]!,
  );
