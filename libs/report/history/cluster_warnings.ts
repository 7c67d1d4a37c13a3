/**
 * Faults that the newest clustering of a run shows.
 *
 * @module
 */
import { dimensionsWarning } from "@deepcluster/clustering";
import { fewImagesWarning } from "@deepcluster/runs";
import { formatFigure } from "@deepcluster/terminal";
import { shortPercent } from "../document/words.ts";
import type { EpochHistory, ReportWarning, RunHistory } from "./history.ts";
import { warningLimits } from "./warning_limits.ts";

type ClusterRule = (
  newest: EpochHistory,
  history: RunHistory,
) => ReportWarning | undefined;

const limits = warningLimits;

const holdsMost: ClusterRule = ({ epoch, report: { k, points, sizes } }) => {
  const fraction = sizes.maximum / points;
  if (
    fraction < limits.largestCluster ||
    fraction < limits.largestClusterTimes / k
  ) return undefined;
  return {
    code: "one-cluster-holds-most",
    epoch,
    text:
      `One cluster holds ${shortPercent(fraction)} of the images in epoch ` +
      `${epoch}: ${sizes.maximum} of ${points}`,
    advice: "look at its images: if they are blank or repeated, leave them " +
      "out with --exclude (`deno task retrieve duplicates` finds them); if " +
      "they have nothing in common, the features have collapsed, and a lower " +
      "--learning-rate may help",
  };
};

const uneven: ClusterRule = (newest, history) => {
  const { epoch, report: { imbalance, points, sizes } } = newest;
  if (imbalance < limits.imbalance || holdsMost(newest, history)) {
    return undefined;
  }
  const largest = sizes.largest.reduce((sum, { size }) => sum + size, 0);
  return {
    code: "clusters-uneven",
    epoch,
    text: `The clusters are uneven in epoch ${epoch}: their imbalance is ` +
      `${
        formatFigure(imbalance)
      }, where 1 is even, and the ${sizes.largest.length} ` +
      `largest hold ${shortPercent(largest / points)} of the images`,
    advice: "look at the largest clusters: leave out what is blank or " +
      "repeated with --exclude (`deno task retrieve duplicates` finds it)",
  };
};

const empty: ClusterRule = ({ epoch, report: { empties, k, splits } }) => {
  const advice =
    "the features form fewer groups than that: lower --clusters, " +
    "or leave out repeated images with --exclude (`deno task retrieve " +
    "duplicates` finds them)";
  if (empties >= Math.max(1, limits.empties * k)) {
    return {
      code: "empty-clusters",
      epoch,
      text: `${empties} of ${k} clusters are empty in epoch ${epoch}`,
      advice,
    };
  }
  if (splits < Math.max(2, limits.splits * k)) return undefined;
  return {
    code: "many-splits",
    epoch,
    text: `k-means had to fill empty clusters ${splits} times by splitting ` +
      `others in epoch ${epoch}, for ${k} clusters`,
    advice,
  };
};

const fewImages: ClusterRule = ({ epoch, report: { k, points } }) =>
  warningOf("few-images-per-cluster", epoch, fewImagesWarning(points, k));

const small: ClusterRule = (newest, history) => {
  const { epoch, report: { nonEmpty, sizes } } = newest;
  const count = sizes.histogram
    .filter(({ to }) => to < limits.smallCluster)
    .reduce((sum, { clusters }) => sum + clusters, 0);
  if (
    count < Math.max(2, limits.smallClusters * nonEmpty) ||
    fewImages(newest, history)
  ) return undefined;
  return {
    code: "small-clusters",
    epoch,
    text: `${count} of ${nonEmpty} clusters hold fewer than ` +
      `${limits.smallCluster} images in epoch ${epoch}, and training draws as ` +
      `often from each cluster, so that these images are repeated`,
    advice: "look at the smallest clusters: leave out odd images with " +
      "--exclude, or lower --clusters",
  };
};

const noisyDimensions: ClusterRule = (
  { epoch, report: { points, dimensions } },
  { configuration: { pca } },
) =>
  // Runs of earlier versions did not note the dimensions.
  dimensions === undefined ? undefined : warningOf(
    "noisy-dimensions",
    epoch,
    dimensionsWarning(points, dimensions, pca),
  );

/** A sentence of `doctor`, which puts its advice after a semicolon. */
const warningOf = (
  code: string,
  epoch: number,
  sentence: string | undefined,
): ReportWarning | undefined => {
  if (sentence === undefined) return undefined;
  const end = sentence.lastIndexOf("; ");
  return {
    code,
    epoch,
    text: sentence.slice(0, end),
    advice: sentence.slice(end + 2),
  };
};

/** Rules on the newest clustering, the gravest first. */
export const clusterRules = [
  holdsMost,
  uneven,
  empty,
  fewImages,
  small,
  noisyDimensions,
].map((rule) => (history: RunHistory): ReportWarning | undefined => {
  const newest = history.epochs.at(-1);
  return newest && rule(newest, history);
});
