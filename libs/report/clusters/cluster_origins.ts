/**
 * Where the images of a cluster were in earlier epochs.
 *
 * The numbers of clusters mean nothing from one epoch to the next, as k-means
 * starts anew in each. What can be told is which images were together.
 *
 * @module
 */
import type { ClusterOrigins } from "./report_cluster.ts";

/**
 * Finds where some images were in an earlier epoch.
 *
 * O(members) time, besides the sorting of the clusters that they come from.
 *
 * @param epoch The earlier epoch.
 * @param members Ranks of the images.
 * @param earlier `[n]` cluster of each image of the run in that epoch.
 * @param sizes Of the clusters of that epoch.
 * @param most Clusters that are told apart. Default: 4.
 * @returns The clusters that most images come from; of equal ones the lower
 * number first.
 */
export const originsOf = (
  epoch: number,
  members: Int32Array,
  earlier: Int32Array,
  sizes: Int32Array,
  most = 4,
): ClusterOrigins => {
  const counts = new Map<number, number>();
  for (const member of members) {
    const cluster = earlier[member]!;
    counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  }
  const all = Array.from(
    counts,
    ([cluster, images]) => ({ cluster, images, size: sizes[cluster]! }),
  ).sort((a, b) => b.images - a.images || a.cluster - b.cluster);
  const origins = all.slice(0, most);
  const named = origins.reduce((sum, { images }) => sum + images, 0);
  return {
    epoch,
    origins,
    otherImages: members.length - named,
    otherClusters: all.length - origins.length,
  };
};

/** Earlier epochs that are all told. */
const allTold = 12;

/**
 * Chooses the epochs that clusters are followed back to: all earlier ones of a
 * dozen or fewer; of more those at distances of 1, 2, 3, 5, 8 … epochs before
 * the newest, and the first, so that hundreds of epochs are told in a dozen.
 *
 * @param epochs Epochs that there are, ascending.
 * @returns The chosen ones, descending, without the newest.
 */
export const epochsBack = (epochs: readonly number[]): readonly number[] => {
  const newest = epochs.length - 1;
  const earlier = epochs.slice(0, -1).reverse();
  if (earlier.length <= allTold) return earlier;
  const steps = new Set<number>();
  for (let [step, next] = [1, 2]; step < newest;) {
    steps.add(step);
    [step, next] = [next, step + next];
  }
  return Array.from(steps.add(newest), (step) => epochs[newest - step]!);
};
