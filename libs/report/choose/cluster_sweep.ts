/**
 * What `choose-clusters` found, and how it is said.
 *
 * @module
 */
import {
  clearAgreement,
  type ClusterAdvice,
  type SweepFigures,
} from "@deepcluster/clustering";
import { grouped } from "../document/words.ts";

/** A sweep over numbers of clusters, and what follows from it. */
export interface ClusterSweep {
  /** The images or features, as they were typed. */
  readonly data: string;
  /** Number of images: rows of the features. */
  readonly images: number;
  /** Images that were clustered: all, or a sample. */
  readonly sampled: number;
  /** Dimensions that k-means saw. */
  readonly dimensions: number;
  /** Clusterings of each number. */
  readonly draws: number;
  /** Seed of every draw. */
  readonly seed: number;
  /** How the features were made, in words, where it was done here. */
  readonly features?: string;
  /** Figures of each number of clusters. */
  readonly sweep: readonly SweepFigures[];
  /** The advice. */
  readonly advice: ClusterAdvice;
}

/**
 * Says what to do.
 *
 * @param choice What was found.
 * @returns Sentences: on groups to look at, and on clusters to learn from.
 */
export const adviceSentences = (
  choice: ClusterSweep,
): { readonly groups: string; readonly learning: string } => ({
  groups: groupsSentence(choice),
  learning: learningSentence(choice),
});

const groupsSentence = ({ advice, sweep }: ClusterSweep): string => {
  if (advice.groups === undefined) {
    const best = sweep.reduce((a, b) => b.agreement > a.agreement ? b : a);
    return "Groups to look at: no clear answer. At no number do clusterings " +
      "of different parts of the images clearly agree better and explain " +
      "more than with points that have no groups. Where they agree best, at " +
      `${best.clusters} clusters, they agree to ${two(best.agreement)} ` +
      `against ${two(best.structurelessAgreement)} and explain ` +
      `${percent(best.explained)} of the variance against ` +
      `${percent(best.structurelessExplained)}.`;
  }
  const { clusters, from, to, agreement, isLargestTried } = advice.groups;
  const chance = sweep.find((one) => one.clusters === clusters)!
    .structurelessAgreement;
  const range = from === to ? "" : `, anything from ${from} to ${to}`;
  const best = sweep.reduce((a, b) => b.agreement > a.agreement ? b : a);
  const isBest = two(best.agreement) <= two(agreement);
  const found = "There, clusterings of different parts of the images agree " +
    `${isBest ? "best, to" : "to"} ${two(agreement)}, where 1 is the same ` +
    `clusters again, and ${two(chance)} what points without any groups reach` +
    (isBest
      ? ""
      : `; at ${best.clusters} they agree to ${two(best.agreement)}, but ${
        best.clusters < clusters
          ? "that tells fewer groups apart"
          : "explain hardly more than without groups"
      }`);
  const unclear = agreement < clearAgreement
    ? ": most groups have no clear border"
    : isLargestTried
    ? ""
    : ": other numbers do nearly as well";
  const more = isLargestTried
    ? " Larger numbers may do as well: try them with --clusters."
    : "";
  return advice.certainty === "clear"
    ? `Groups to look at: about ${clusters}${range}. ${found}.`
    : `Groups to look at: perhaps ${clusters}${range}, but the answer is ` +
      `weak. ${found}${unclear}.${more}`;
};

const learningSentence = ({ advice, images }: ClusterSweep): string => {
  const { clusters, rule } = advice.learning;
  const each = grouped(Math.round(images / clusters));
  return rule === "ten times the groups"
    ? `Features to learn: about ${clusters} clusters. Features become better ` +
      "with about ten times as many clusters as there are groups, as with " +
      `the paper's 10,000 for 1,000 classes; that leaves ${each} images to a ` +
      "cluster."
    : `Features to learn: about ${clusters} clusters, ${each} images to each. ` +
      (advice.groups === undefined
        ? "Without groups to go by, the number of images decides."
        : "Ten times the groups would leave fewer than 60 images to a cluster.");
};

const two = (value: number): string => value.toFixed(2);

const percent = (fraction: number): string => `${Math.round(100 * fraction)} %`;
