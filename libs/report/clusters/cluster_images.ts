/**
 * Which images of a cluster are shown.
 *
 * @module
 */
import { draws } from "@deepcluster/core";

/**
 * Lists the images of some clusters.
 *
 * O(n) time for all of them together.
 *
 * @param assignments `[n]` cluster of each image.
 * @param clusters Whose images.
 * @returns Ranks of the images of each, ascending.
 */
export const membersOf = (
  assignments: Int32Array,
  clusters: Iterable<number>,
): ReadonlyMap<number, Int32Array> => {
  const lists = new Map<number, number[]>();
  for (const cluster of clusters) lists.set(cluster, []);
  assignments.forEach((cluster, index) => lists.get(cluster)?.push(index));
  return new Map(
    Array.from(lists, ([cluster, list]) => [cluster, Int32Array.from(list)]),
  );
};

/** Ranks of the images of a cluster that are shown. */
export interface ChosenImages {
  /** The nearest to the centroid first, or a random draw in ascending order. */
  readonly members: Int32Array;
  /** The farthest first, without those of `members`. */
  readonly farthest: Int32Array;
}

/** How many images are chosen, and how. */
export interface ImageChoice {
  /** Most images near the centroid. */
  readonly near: number;
  /** Most images far from it. */
  readonly far: number;
  /** `[n]` distances; without them images are drawn at random. */
  readonly distances?: Float32Array | undefined;
  /** Names the draw. */
  readonly seed: number;
}

/**
 * Chooses the images of a cluster to show.
 *
 * @param cluster Its number, which names the draw.
 * @param members Ranks of its images.
 * @param choice See {@link ImageChoice}.
 * @returns The images; of equally distant ones the lower rank is nearer.
 */
export const imagesToShow = (
  cluster: number,
  members: Int32Array,
  { near, far, distances, seed }: ImageChoice,
): ChosenImages => {
  if (distances === undefined) {
    const few = members.length <= near
      ? members
      : draws(seed, "report", "images", cluster).sample(near, members.length)
        .sort().map((rank) => members[rank]!);
    return { members: few, farthest: new Int32Array() };
  }
  const sorted = members.slice()
    .sort((a, b) => distances[a]! - distances[b]! || a - b);
  return {
    members: sorted.slice(0, near),
    farthest: sorted.slice(near).slice(-far).reverse(),
  };
};
