/**
 * Clusters in words.
 *
 * @module
 */
import { count, grouped, percent } from "../document/words.ts";
import type {
  ClusterChoice,
  ClusterOrigins,
  ReportCluster,
  ReportClusters,
} from "./report_cluster.ts";

/**
 * Says what a cluster is like.
 *
 * @param cluster The cluster.
 * @returns Such as `133 images`, `mean distance 0.83` and `36.1 % Symbols`.
 */
export const clusterFacts = (
  { size, tightness, majority }: ReportCluster,
): readonly string[] => [
  count(size, "image"),
  ...tightness === undefined ? [] : [`mean distance ${tightness.toFixed(2)}`],
  ...majority === undefined ? [] : [
    `${percent(majority.fraction)} ${labelText(majority.label)}` +
    (majority.labelled === size
      ? ""
      : ` of ${grouped(majority.labelled)} labelled`),
  ],
];

/**
 * Names a class so that a bare number is not taken for a figure.
 *
 * @param label Its name.
 * @returns It, or `class 2` for `2`.
 */
export const labelText = (label: string): string =>
  /^\d+$/.test(label) ? `class ${label}` : label;

/** What each reason to show a cluster is called. */
export const choiceTitles: Readonly<Record<ClusterChoice, string>> = {
  all: "All clusters",
  largest: "Largest clusters",
  smallest: "Smallest clusters",
  tightest: "Tightest clusters",
  loosest: "Loosest clusters",
  purest: "Purest clusters",
  random: "Random clusters",
};

/**
 * Says which clusters are shown for a reason.
 *
 * @param choice The reason.
 * @param clusters All that is shown.
 * @returns A sentence.
 */
export const choiceSentence = (
  choice: ClusterChoice,
  { choices, sizes, minimumSize, seed }: ReportClusters,
): string => {
  const shown = choices.get(choice)?.length ?? 0;
  const present = sizes.filter((size) => size > 0).length;
  const of = `${grouped(shown)} of ${count(present, "cluster")}`;
  const enough = `at least ${count(minimumSize, "image")}`;
  const none = (those: string) =>
    shown === 0 ? `No cluster has ${those}.` : undefined;
  switch (choice) {
    case "all":
      return "The largest first.";
    case "largest":
      return `${of}, the largest first.`;
    case "smallest":
      return `${of}, the smallest first.`;
    case "tightest":
      return none(enough) ??
        `${of}: the smallest mean distance first, of clusters of ${enough}.`;
    case "loosest":
      return none(enough) ??
        `${of}: the largest mean distance first, of clusters of ${enough}.`;
    case "purest": {
      const labelled = `at least ${count(minimumSize, "labelled image")}`;
      return none(labelled) ??
        `${of}: those with the largest fraction of images of one class, of ` +
          `clusters with ${labelled}, as a few images are easily of one class.`;
    }
    case "random":
      return `${of}, drawn with seed ${seed}.`;
  }
};

/**
 * Says what is to be known of all clusters together.
 *
 * @param clusters The clusters.
 * @param splits Empty clusters that k-means split off others, where known.
 * @returns Sentences: figures first, then what cannot be shown and why.
 */
export const clustersSentences = (
  clusters: ReportClusters,
  splits: number | undefined,
): readonly string[] => {
  const { images, sizes, missing, unopened } = clusters;
  const present = sizes.filter((size) => size > 0).toSorted();
  const empty = sizes.length - present.length;
  const half = present[Math.ceil(present.length / 2) - 1] ?? 0;
  return [
    `${count(images, "image")} in ${count(present.length, "cluster")} of ` +
    `${grouped(present[0] ?? 0)} to ${count(present.at(-1) ?? 0, "image")}; ` +
    `half of the clusters have at most ${grouped(half)}. ` +
    (empty === 0
      ? "None is empty"
      : `${count(empty, "cluster")} ${empty === 1 ? "is" : "are"} empty`) +
    (splits === undefined
      ? "."
      : splits === 0
      ? "; k-means had none to refill."
      : `; k-means refilled ${
        count(splits, "empty cluster")
      } by splitting others.`),
    ...clusters.hasDistances
      ? [
        "Mean distance: the mean Euclidean distance of a cluster's images to " +
        "its centroid, in the whitened features of length 1. It is 0 if all " +
        "images have the same features, and 1 if they have nothing in common.",
      ]
      : [
        "This run kept no distances to the centroids: which clusters are tight " +
        "or loose is unknown, and images are drawn at random.",
      ],
    ...clusters.hasLabels ? [] : [
      `The images ${
        unopened === undefined ? "have no labels" : "cannot be opened"
      }: which clusters are pure is unknown.`,
    ],
    ...unopened === undefined || !clusters.hasImages ? [] : [
      `${unopened}; say where the images are with --images. Pictures that ` +
      "earlier reports made are shown.",
    ],
    ...missing === 0 || unopened !== undefined ? [] : [
      `${count(missing, "image")} that should be shown ${
        missing === 1 ? "is" : "are"
      } missing.`,
    ],
  ];
};

/**
 * Says how many of a cluster's images were together in earlier epochs: the two
 * newest of them and the first.
 *
 * @param cluster The cluster.
 * @returns Such as `Of the 64 images now together, 50 were together in epoch 9,
 * 33 in epoch 8 and 21 in epoch 1.`; empty without an earlier epoch.
 */
export const togetherSentence = (
  { size, history }: Pick<ReportCluster, "size" | "history">,
): string => {
  const told = history.filter((_, i) => i < 2 || i === history.length - 1);
  const parts = told.map(({ epoch, origins }, i) =>
    `${grouped(origins[0]!.images)}${i === 0 ? " were together" : ""} ` +
    `in epoch ${epoch}`
  );
  const last = parts.pop();
  if (last === undefined) return "";
  const all = parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
  return `Of the ${count(size, "image")} now together, ${all}.`;
};

/**
 * Says where images were in an earlier epoch.
 *
 * @param origins The clusters that they came from.
 * @returns Such as `118 from a cluster of 147, 7 from one of 67, 8 from 5 others`.
 */
export const originsInWords = (
  { origins, otherImages, otherClusters }: ClusterOrigins,
): string =>
  [
    ...origins.map(({ images, size }, i) =>
      `${grouped(images)} from ${i === 0 ? "a cluster" : "one"} of ${
        grouped(size)
      }`
    ),
    ...otherImages === 0 ? [] : [
      `${grouped(otherImages)} from ${count(otherClusters, "other")}`,
    ],
  ].join(", ");
