/**
 * The clusters of a run as they are shown.
 *
 * @module
 */
import type { ShownImage } from "../images/report_images.ts";

/** Why a cluster is shown; `all` where they are few, and alone then. */
export type ClusterChoice =
  | "all"
  | "largest"
  | "smallest"
  | "tightest"
  | "loosest"
  | "purest"
  | "random";

/** A cluster of an earlier epoch that images of a cluster come from. */
export interface ClusterOrigin {
  /** Its number in that epoch, which means nothing in any other. */
  readonly cluster: number;
  /** Images that came from there. */
  readonly images: number;
  /** Images that it had. */
  readonly size: number;
}

/** Where the images of a cluster were in an earlier epoch. */
export interface ClusterOrigins {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** The clusters that most of them come from, the one with most first. */
  readonly origins: readonly ClusterOrigin[];
  /** Images from further clusters. */
  readonly otherImages: number;
  /** How many further clusters. */
  readonly otherClusters: number;
}

/** The most frequent class of a cluster. */
export interface MajorityClass {
  /** The class; of equally frequent ones the first by name. */
  readonly label: string;
  /** Fraction of the cluster's labelled images that have it. */
  readonly fraction: number;
  /** Images of the cluster that have any label. */
  readonly labelled: number;
}

/** A cluster near another. */
export interface NearCluster {
  /** From 0. */
  readonly cluster: number;
  /** Its images. */
  readonly size: number;
  /** Euclidean distance between the centroids. */
  readonly distance: number;
  /** Some of its images, chosen as {@link ReportCluster.members}. */
  readonly members: readonly ShownImage[];
}

/** A cluster of the newest epoch, with what it opens to. */
export interface ReportCluster {
  /** From 0. */
  readonly cluster: number;
  /** Its images. */
  readonly size: number;
  /** Mean distance of its images to the centroid, where it is known. */
  readonly tightness?: number;
  /** Its most frequent class, where some of its images have labels. */
  readonly majority?: MajorityClass;
  /** Why it is shown, at least one reason. */
  readonly chosenAs: readonly ClusterChoice[];
  /**
   * Some of its images: the nearest to the centroid first; where distances are
   * unknown, drawn at random. Empty where images are not shown.
   */
  readonly members: readonly ShownImage[];
  /**
   * The images farthest from the centroid, the farthest first, none of which is
   * among {@link ReportCluster.members}; empty where distances are unknown.
   */
  readonly farthest: readonly ShownImage[];
  /** Clusters with the nearest centroids; empty where these are unknown. */
  readonly nearest: readonly NearCluster[];
  /** Where its images were in earlier epochs, the newest of them first. */
  readonly history: readonly ClusterOrigins[];
}

/** The clusters of a run's newest epoch. */
export interface ReportClusters {
  /** Epoch of the clustering, from 1. */
  readonly epoch: number;
  /** Images of the run. */
  readonly images: number;
  /** Size of every cluster, `[k]`. */
  readonly sizes: Int32Array;
  /** Whether the run kept the distance of every image to its centroid. */
  readonly hasDistances: boolean;
  /** Whether images have labels. */
  readonly hasLabels: boolean;
  /** Whether images may be shown. */
  readonly hasImages: boolean;
  /** Why the images cannot be opened; absent where they were. */
  readonly unopened?: string;
  /** Images that were to be shown and are missing. */
  readonly missing: number;
  /** Clusters that were to be shown for each reason. */
  readonly each: number;
  /** Images that a cluster must have to be tightest, loosest or purest. */
  readonly minimumSize: number;
  /** Names the draws. */
  readonly seed: number;
  /**
   * The clusters shown for each reason, the most extreme first, the random ones
   * by number. A reason is absent where its figures are unknown.
   */
  readonly choices: ReadonlyMap<ClusterChoice, readonly number[]>;
  /** Each of these clusters, by its number. */
  readonly clusters: ReadonlyMap<number, ReportCluster>;
}
