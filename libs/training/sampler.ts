/**
 * Sampling training images uniformly over the pseudo-labels.
 *
 * Paper: section 3.3, "trivial parametrization": if most images fell into a
 * few clusters, the network could ignore its input, so every cluster
 * contributes the same number of draws. Reference: `UnifLabelSampler` of the
 * authors' code; theirs fails on an empty cluster, ours leaves it out.
 *
 * @module
 */
import { type Draws, draws } from "@deepcluster/core";

/** What {@link uniformSample} draws from. */
export interface SamplerOptions {
  /** Number of clusters; labels lie in `0 … clusters - 1`. */
  readonly clusters: number;
  /** Number of draws, a multiple of the batch size. */
  readonly count: number;
  /** The run's seed. */
  readonly seed: number;
  /** Clustering epoch, part of every draw's name. */
  readonly epoch: number;
}

/**
 * Draws images such that every non-empty cluster contributes `count /
 * (number of non-empty clusters)` of them, give or take one: with replacement
 * where the cluster is smaller than its share, without where it is larger.
 * The draws are then shuffled.
 *
 * O(n + count) time and memory. The same labels, seed and epoch give the same
 * order.
 *
 * @param labels Cluster of each image, shape `[n]`.
 * @param options See {@link SamplerOptions}.
 * @returns Positions of images in training order, shape `[count]`.
 *
 * @example Two images in one cluster weigh as much as one in another
 * ```ts
 * import { uniformSample } from "@deepcluster/training";
 * import assert from "node:assert/strict";
 *
 * const order = uniformSample(Int32Array.of(0, 0, 0, 2), {
 *   clusters: 3,
 *   count: 6,
 *   seed: 1,
 *   epoch: 0,
 * });
 * assert.deepEqual([...order].sort(), [0, 1, 2, 3, 3, 3]);
 * ```
 */
export const uniformSample = (
  labels: Int32Array,
  options: SamplerOptions,
): Int32Array => {
  const members = membersOf(labels, options.clusters);
  const source = draws(options.seed, "sample", options.epoch);
  const order = new Int32Array(options.count);
  // Rounding spreads the remainder over the clusters instead of the last one.
  let filled = 0;
  members.forEach((cluster, index) => {
    const end = Math.floor((index + 1) * options.count / members.length);
    fillFrom(cluster, order.subarray(filled, end), source);
    filled = end;
  });
  return source.shuffle(order);
};

/** Positions of each non-empty cluster's images, in cluster order. */
const membersOf = (labels: Int32Array, clusters: number): Int32Array[] => {
  const sizes = new Int32Array(clusters);
  for (const label of labels) sizes[label]!++;
  const members = Array.from(sizes, (size) => new Int32Array(size));
  const next = new Int32Array(clusters);
  labels.forEach((label, position) => {
    members[label]![next[label]!++] = position;
  });
  return members.filter((cluster) => cluster.length > 0);
};

/** Fills `share` from one cluster, without replacement where it can. */
const fillFrom = (
  cluster: Int32Array,
  share: Int32Array,
  source: Draws,
): void => {
  if (cluster.length >= share.length) {
    source.sample(share.length, cluster.length).forEach((member, i) => {
      share[i] = cluster[member]!;
    });
  } else {
    for (let i = 0; i < share.length; i++) {
      share[i] = cluster[source.integer(cluster.length)]!;
    }
  }
};
