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
  /** Number of clusters; pseudo-labels lie in `0 … clusters - 1`. */
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
 * where the cluster is smaller than its quota, without where it is larger.
 * The draws are then shuffled.
 *
 * O(n + count) time and memory. The same pseudo-labels, seed and epoch give the
 * same order.
 *
 * @param pseudoLabels Cluster of each image, shape `[n]`.
 * @param options See {@link SamplerOptions}.
 * @returns `index` of the image at each `sampleIndex`, shape `[count]`.
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
  pseudoLabels: Int32Array,
  options: SamplerOptions,
): Int32Array => {
  const members = membersOf(pseudoLabels, options.clusters);
  const source = draws(options.seed, "sample", options.epoch);
  const order = new Int32Array(options.count);
  // Rounding spreads the remainder over the clusters instead of the last one.
  let filled = 0;
  members.forEach((cluster, i) => {
    const end = Math.floor((i + 1) * options.count / members.length);
    fillFrom(cluster, order.subarray(filled, end), source);
    filled = end;
  });
  return source.shuffle(order);
};

/** `index` of each non-empty cluster's images, in cluster order. */
const membersOf = (
  pseudoLabels: Int32Array,
  clusters: number,
): Int32Array[] => {
  const sizes = new Int32Array(clusters);
  for (const cluster of pseudoLabels) sizes[cluster]!++;
  const members = Array.from(sizes, (size) => new Int32Array(size));
  const next = new Int32Array(clusters);
  pseudoLabels.forEach((cluster, index) => {
    members[cluster]![next[cluster]!++] = index;
  });
  return members.filter((cluster) => cluster.length > 0);
};

/** Draws the quota of one cluster, without replacement where it can. */
const fillFrom = (
  cluster: Int32Array,
  quota: Int32Array,
  source: Draws,
): void => {
  if (cluster.length >= quota.length) {
    source.sample(quota.length, cluster.length).forEach((member, i) => {
      quota[i] = cluster[member]!;
    });
  } else {
    for (let i = 0; i < quota.length; i++) {
      quota[i] = cluster[source.integer(cluster.length)]!;
    }
  }
};
