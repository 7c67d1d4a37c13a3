/**
 * What a sweep says about the number of clusters.
 *
 * Groups to look at are where clusterings of other parts of the data and other
 * starts agree. Features are better learned with more clusters than there are
 * groups: section 4.1 of the paper finds 10 000 clusters best for the 1 000
 * classes of ImageNet.
 *
 * @module
 */
import type { SweepFigures } from "./sweep.ts";

/** How sure an advice is. */
export type Certainty = "clear" | "weak" | "none";

/** An advice on the number of clusters. */
export interface ClusterAdvice {
  /**
   * `clear`: clusterings agree at one number and less around it; `weak`: they
   * agree more than on points without structure, but at no number well; `none`:
   * there are no groups that k-means finds again.
   */
  readonly certainty: Certainty;
  /** Groups to look at; absent when there is no answer. */
  readonly groups?: {
    /** The number at which clusterings agree. */
    readonly clusters: number;
    /** The smallest number around it at which they agree nearly as well. */
    readonly from: number;
    /** The largest one. */
    readonly to: number;
    /** Agreement at `clusters`. */
    readonly agreement: number;
    /** Whether larger numbers were not tried. */
    readonly isLargestTried: boolean;
  };
  /** Clusters to train with. */
  readonly learning: {
    /** The number. */
    readonly clusters: number;
    /** What decided it. */
    readonly rule: LearningRule;
  };
}

/** What decides how many clusters to train with. */
export type LearningRule = "ten times the groups" | "images per cluster";

/** A peak must be this high, as a fraction of the highest one. */
const peakFraction = 0.85;
/** Agreement must fall by this much between two peaks. */
const prominence = 0.1;
/** Agreement above the best of points without structure, for any answer. */
const leastExcess = 0.2;
/** Fraction of the variance that clusters must explain beyond those of them. */
const leastExplained = 0.02;
/** Agreement of a clear answer, at least. */
export const clearAgreement = 0.75;
/** Numbers that agree nearly as well, as a fraction of the agreement. */
const rangeFraction = 0.85;
/** Images of a cluster that a network can learn from. */
const imagesPerCluster = 60;

/**
 * Advises on the number of clusters.
 *
 * Of the numbers at which agreement has a peak of at least 0.85 times the
 * highest, the largest one is taken: groups of groups agree, too, and groups
 * are what is looked for.
 *
 * @param figures Of a sweep, ascending, at least one.
 * @param images Number of images, of which the sweep may have used a part.
 * @returns The advice. Labels have no part in it.
 */
export const adviseClusters = (
  figures: readonly SweepFigures[],
  images: number,
): ClusterAdvice => {
  const largest = Math.max(2, Math.floor(images / imagesPerCluster));
  const found = peakOf(figures);
  if (found === undefined) {
    return {
      certainty: "none",
      learning: { clusters: largest, rule: "images per cluster" },
    };
  }
  const { agreement, clusters } = figures[found]!;
  const near = (at: number) =>
    figures[at] !== undefined &&
    figures[at].agreement >= rangeFraction * agreement;
  let [first, last] = [found, found];
  while (near(first - 1)) first--;
  while (near(last + 1)) last++;
  const [from, to] = [figures[first]!.clusters, figures[last]!.clusters];
  const isLargestTried = last === figures.length - 1;
  const ten = 10 * clusters;
  return {
    certainty: agreement >= clearAgreement && to <= 2.5 * from &&
        !isLargestTried
      ? "clear"
      : "weak",
    groups: { clusters, from, to, agreement, isLargestTried },
    learning: ten <= largest
      ? { clusters: ten, rule: "ten times the groups" }
      : { clusters: largest, rule: "images per cluster" },
  };
};

/** Index of the figures that answer, if any do. */
const peakOf = (figures: readonly SweepFigures[]): number | undefined => {
  const chance = Math.max(...figures.map((one) => one.structurelessAgreement));
  const heights = figures.map((one) =>
    one.agreement - chance >= leastExcess && explainsMore(one)
      ? one.agreement
      : 0
  );
  const highest = heights.indexOf(Math.max(...heights));
  if (heights[highest] === 0) return undefined;
  return heights.findLastIndex((height, at) =>
    height >= peakFraction * heights[highest]! &&
    height >= (heights[at - 1] ?? 0) && height >= (heights[at + 1] ?? 0) &&
    (at <= highest ||
      Math.min(...heights.slice(highest, at)) <= height - prominence)
  );
};

/**
 * On few dimensions points without structure agree, too; but then clusters
 * explain no more of the data than of them.
 */
const explainsMore = (
  { explained, structurelessExplained }: SweepFigures,
): boolean => explained - structurelessExplained >= leastExplained;
