/**
 * What happens to a cluster that lost all its points.
 *
 * Paper: section 3.3: a non-empty cluster is chosen at random and its points
 * are split between the two. Reference: faiss, `split_clusters` in
 * `impl/ClusteringHelpers.cpp`, which the authors used. Two departures: the
 * donor is drawn exactly in proportion to its size minus one (faiss accepts
 * clusters in turn with that probability, which favours low numbers), and
 * draws are named instead of coming from a generator with a fixed seed.
 *
 * @module
 */
import { type Draws, type Matrix, row } from "@deepcluster/core";

/** The relative shift of the coordinates of donor and copy. */
const perturbation = 1 / 1024;

/**
 * Gives every empty cluster half of another one.
 *
 * The copy of the donor's centroid is multiplied by 1 ± 1/1024, alternating
 * over coordinates, the donor by the opposite; a coordinate of 0 stays 0, so a
 * donor at the origin gives an identical copy, which stays empty. A donor has
 * two points or more, and the next assignment decides which points move to the
 * copy. O(k) time a split.
 *
 * @param centroids `[k, d]`, written to; rows of empty clusters are replaced.
 * @param sizes `[k]` points of each cluster, written to: a donor's are halved
 * between the two. Their sum must be at least k.
 * @param draws Chooses the donors.
 * @returns Number of clusters that were empty.
 */
export const splitEmptyClusters = (
  centroids: Matrix,
  sizes: Int32Array,
  draws: Draws,
): number => {
  let splits = 0;
  for (let empty = 0; empty < sizes.length; empty++) {
    if (sizes[empty] !== 0) continue;
    const donor = chooseDonor(sizes, draws);
    moveApart(row(centroids, empty), row(centroids, donor));
    sizes[empty] = Math.floor(sizes[donor]! / 2);
    sizes[donor]! -= sizes[empty]!;
    splits++;
  }
  return splits;
};

/** Draws a cluster with probability proportional to its size minus one. */
const chooseDonor = (sizes: Int32Array, draws: Draws): number => {
  let spare = 0;
  for (const size of sizes) spare += Math.max(0, size - 1);
  let ticket = draws.integer(spare);
  let donor = 0;
  while (ticket >= Math.max(0, sizes[donor]! - 1)) {
    ticket -= Math.max(0, sizes[donor]! - 1);
    donor++;
  }
  return donor;
};

const moveApart = (copy: Float32Array, donor: Float32Array): void => {
  for (let j = 0; j < donor.length; j++) {
    const sign = j % 2 === 0 ? 1 : -1;
    copy[j] = donor[j]! * (1 + sign * perturbation);
    donor[j]! *= 1 - sign * perturbation;
  }
};
