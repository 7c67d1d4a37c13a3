/**
 * Which clusters and which of their images to look at.
 *
 * @module
 */
import { draws } from "@deepcluster/core";

/** How clusters are ranked, and how many are taken; or which. */
export type ClusterChoice = RankedChoice | NamedChoice;

/** Clusters by their numbers. */
interface NamedChoice {
  /** As they are named. */
  readonly by: "number";
  /** Distinct numbers of clusters that are not empty. */
  readonly clusters: readonly number[];
}

/** Clusters by a rank. */
type RankedChoice =
  & {
    /** How many clusters, or all non-empty ones when there are fewer. */
    readonly count: number;
    /**
     * Clusters with fewer images are chosen only where there are not enough
     * others. Default: 1.
     */
    readonly minimumSize?: number;
  }
  & (
    | {
      /** Largest clusters first. */
      readonly by: "size";
    }
    | {
      /** Clusters whose images lie nearest to their centroid first. */
      readonly by: "tightness";
      /** Distance of each image to its centroid, shape `[n]`. */
      readonly distances: Float32Array;
    }
    | {
      /** A random draw of clusters, in the order of their numbers. */
      readonly by: "chance";
      /** Names the draw. */
      readonly seed: number;
    }
  );

/** How images of a cluster are chosen, and how many. */
export type ImageChoice =
  & {
    /** How many images; all of the cluster when it has fewer. */
    readonly count: number;
  }
  & (
    | {
      /** Images nearest to the centroid first. */
      readonly by: "distance";
      /** Distance of each image to its centroid, shape `[n]`. */
      readonly distances: Float32Array;
    }
    | {
      /** A random draw of images, in the order of their positions. */
      readonly by: "chance";
      /** Names the draw. */
      readonly seed: number;
    }
  );

/**
 * Chooses clusters to look at. Equal ranks are in the order of their numbers.
 *
 * O(n + k log k) time, O(k) memory.
 *
 * @param assignments Cluster of each image, shape `[n]`; negative where an
 * image has none.
 * @param choice See {@link ClusterChoice}.
 * @returns Numbers of distinct clusters that are not empty, best first.
 *
 * @example The largest clusters
 * ```ts
 * import { chooseClusters } from "@deepcluster/visualisation";
 * import assert from "node:assert/strict";
 *
 * const assignments = Int32Array.of(4, 0, 4, 2, 2, 4);
 * const largest = chooseClusters(assignments, { by: "size", count: 2 });
 * assert.deepEqual(largest, Int32Array.of(4, 2));
 * ```
 */
export const chooseClusters = (
  assignments: Int32Array,
  choice: ClusterChoice,
): Int32Array => {
  if (choice.by === "number") return Int32Array.from(choice.clusters);
  const sizes = totalsOf(assignments, () => 1);
  const nonEmpty = Int32Array.from(sizes.keys())
    .filter((cluster) => sizes[cluster]! > 0);
  const isLarge = (cluster: number) =>
    sizes[cluster]! >= (choice.minimumSize ?? 1);
  const large = ranked(assignments, sizes, nonEmpty.filter(isLarge), choice);
  const missing = choice.count - large.length;
  const small = nonEmpty.filter((cluster) => !isLarge(cluster));
  return Int32Array.of(
    ...large,
    ...ranked(assignments, sizes, small, { ...choice, count: missing }),
  );
};

/** The best of some clusters. */
const ranked = (
  assignments: Int32Array,
  sizes: Float64Array,
  candidates: Int32Array,
  choice: RankedChoice,
): Int32Array => {
  if (choice.by === "chance") {
    return drawn(candidates, choice.count, choice.seed, "clusters");
  }
  if (choice.by === "size") {
    candidates.sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  } else {
    const { distances } = choice;
    const means = totalsOf(assignments, (position) => distances[position]!)
      .map((total, cluster) => total / sizes[cluster]!);
    candidates.sort((a, b) => means[a]! - means[b]! || a - b);
  }
  return candidates.slice(0, choice.count);
};

/**
 * Chooses images of a cluster to look at.
 *
 * O(n) time, and O(m log m) for the `m` images of the cluster.
 *
 * @param assignments Cluster of each image, shape `[n]`.
 * @param cluster Whose images.
 * @param choice See {@link ImageChoice}.
 * @returns Positions of distinct images of the cluster.
 *
 * @example The images nearest to their centroid
 * ```ts
 * import { chooseImages } from "@deepcluster/visualisation";
 * import assert from "node:assert/strict";
 *
 * const distances = Float32Array.of(3, 0, 1, 2);
 * const positions = chooseImages(Int32Array.of(1, 0, 1, 1), 1, {
 *   by: "distance",
 *   count: 2,
 *   distances,
 * });
 * assert.deepEqual(positions, Int32Array.of(2, 3));
 * ```
 */
export const chooseImages = (
  assignments: Int32Array,
  cluster: number,
  choice: ImageChoice,
): Int32Array => {
  const members = membersOf(assignments, cluster);
  if (choice.by === "chance") {
    return drawn(members, choice.count, choice.seed, "images", cluster);
  }
  const { distances } = choice;
  return members.sort((a, b) => distances[a]! - distances[b]! || a - b)
    .slice(0, choice.count);
};

/**
 * Positions of a cluster's images.
 *
 * @param assignments Cluster of each image, shape `[n]`.
 * @param cluster Whose images.
 * @returns Positions, ascending.
 */
export const membersOf = (
  assignments: Int32Array,
  cluster: number,
): Int32Array => {
  const members: number[] = [];
  assignments.forEach((one, position) => {
    if (one === cluster) members.push(position);
  });
  return Int32Array.from(members);
};

/** Sum over the images of each cluster, shape `[largest number + 1]`. */
const totalsOf = (
  assignments: Int32Array,
  valueOf: (position: number) => number,
): Float64Array => {
  const clusters = assignments.reduce(
    (max, cluster) => Math.max(max, cluster),
    -1,
  );
  const totals = new Float64Array(clusters + 1);
  assignments.forEach((cluster, position) => {
    if (cluster >= 0) totals[cluster]! += valueOf(position);
  });
  return totals;
};

/** Some of the values by a named draw, ascending. */
const drawn = (
  values: Int32Array,
  count: number,
  seed: number,
  ...name: (string | number)[]
): Int32Array =>
  count >= values.length ? values : draws(seed, "sheet", ...name)
    .sample(count, values.length).sort().map((index) => values[index]!);
