/**
 * How well clusters agree with classes.
 *
 * Paper: section 4.1, equation 3, which takes the geometric mean of the two
 * entropies. scikit-learn's default takes the arithmetic one, and figures of
 * both kinds are published as "NMI": here each has its name.
 * References: W. M. Rand, 1971; L. Hubert, P. Arabie, "Comparing partitions",
 * 1985.
 *
 * @module
 */
import { Effect } from "effect";
import { type Contingency, contingency } from "./contingency.ts";
import { type LabelCountError, LabelsMissingError } from "./errors.ts";
import { nmiOf } from "./nmi.ts";

/** How clusters and classes of the same images fall together. */
export interface ClusterAgreement {
  /** Mutual information by the geometric mean of the entropies, 0 to 1. */
  readonly nmiGeometric: number;
  /** The same by their arithmetic mean, never above the geometric one. */
  readonly nmiArithmetic: number;
  /** Fraction of images that are of the commonest class of their cluster. */
  readonly purity: number;
  /** Rand index adjusted for chance: 0 by chance, 1 at best, -0.5 at worst. */
  readonly adjustedRand: number;
  /** Images with a label, which are those compared. */
  readonly images: number;
  /** Classes among them. */
  readonly classes: number;
  /** Clusters among them. */
  readonly clusters: number;
}

/** What {@link clusterAgreement} fails with. */
export type ClusterAgreementError = LabelCountError | LabelsMissingError;

/**
 * Compares clusters with classes.
 *
 * O(n) time and memory. Images without a label (a negative one) are left out,
 * on either side. Purity grows with the number of clusters, and is 1 when each
 * image is alone: compare it at the same number only.
 *
 * @param labels Class of each image `[n]`.
 * @param clusters Cluster of each image `[n]`.
 * @returns The statistics, or `LabelCountError` when the lengths differ, or
 * `LabelsMissingError` when no image has a label.
 *
 * @example Two classes, one of them in two clusters
 * ```ts
 * import { clusterAgreement } from "@deepcluster/metrics";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const found = Effect.runSync(clusterAgreement(
 *   Int32Array.of(0, 0, 1, 1),
 *   Int32Array.of(0, 0, 1, 2),
 * ));
 * assert.equal(found.purity, 1);
 * assert.ok(Math.abs(found.adjustedRand - 4 / 7) < 1e-12);
 * ```
 */
export const clusterAgreement: (
  labels: Int32Array,
  clusters: Int32Array,
) => Effect.Effect<ClusterAgreement, ClusterAgreementError> = Effect.fn(
  "clusterAgreement",
)(function* (
  labels,
  clusters,
) {
  const table = yield* contingency(labels, clusters, { ignoreNegative: true });
  if (table.points === 0) {
    return yield* new LabelsMissingError({
      action: "compare clusters with classes",
      images: labels.length,
      unlabelled: labels.length,
      first: 0,
    });
  }
  return {
    nmiGeometric: nmiOf(table, "geometric"),
    nmiArithmetic: nmiOf(table, "arithmetic"),
    purity: purityOf(table),
    adjustedRand: adjustedRandOf(table),
    images: table.points,
    classes: table.firstTotals.length,
    clusters: table.secondTotals.length,
  };
});

const purityOf = (table: Contingency): number => {
  const commonest = new Int32Array(table.secondTotals.length);
  table.second.forEach((cluster, cell) => {
    const count = table.counts[cell]!;
    if (count > commonest[cluster]!) commonest[cluster] = count;
  });
  return commonest.reduce((sum, count) => sum + count, 0) / table.points;
};

/** From pairs of images: together in both, in one, in none. */
const adjustedRandOf = (table: Contingency): number => {
  const all = pairs(table.points);
  const inBoth = sumOfPairs(table.counts);
  const inClasses = sumOfPairs(table.firstTotals);
  const inClusters = sumOfPairs(table.secondTotals);
  // Both put no two images together, or all of them.
  if (inBoth === inClasses && inBoth === inClusters) return 1;
  const byChance = inClasses * (inClusters / all);
  return (inBoth - byChance) / ((inClasses + inClusters) / 2 - byChance);
};

const pairs = (count: number): number => count * (count - 1) / 2;

const sumOfPairs = (counts: Int32Array): number =>
  counts.reduce((sum, count) => sum + pairs(count), 0);
