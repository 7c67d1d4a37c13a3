/**
 * A cluster as it is shown.
 *
 * @module
 */

/** Why a cluster is shown. */
export type ClusterChoice =
  | "largest"
  | "smallest"
  | "tightest"
  | "loosest"
  | "purest"
  | "random";

/** An image as it is shown. */
export interface ShownImage {
  /** Rank among the run's readable images. */
  readonly index: number;
  /** Its path in the source. */
  readonly path: string;
  /** Its place relative to the report; absent where there is no such file. */
  readonly href?: string;
  /** Its class, where the images have labels. */
  readonly label?: string;
  /** A small square of it as a `data:` address; absent without thumbnails. */
  readonly thumbnail?: string;
}

/** Where images of a cluster were in the epoch before. */
export interface ClusterOrigin {
  /** Cluster of the earlier epoch. */
  readonly cluster: number;
  /** Images that came from there. */
  readonly images: number;
}

/** A cluster of the newest epoch, with what it opens to. */
export interface ReportCluster {
  /** From 0. */
  readonly cluster: number;
  /** Its images. */
  readonly size: number;
  /** Mean distance of its images to the centroid, where it is known. */
  readonly tightness?: number;
  /** Its most frequent class, where the images have labels. */
  readonly majority?: { readonly label: string; readonly fraction: number };
  /** Why it is shown. */
  readonly chosenAs: readonly ClusterChoice[];
  /** Some of its images, the nearest to the centroid first. */
  readonly members: readonly ShownImage[];
  /** The clusters with the nearest centroids. */
  readonly nearest: readonly {
    readonly cluster: number;
    readonly size: number;
    readonly distance: number;
    readonly members: readonly ShownImage[];
  }[];
  /**
   * By epoch, the newest first: of the images that are together now, where
   * most of them were; from the second newest epoch back.
   */
  readonly history: readonly {
    readonly epoch: number;
    readonly origins: readonly ClusterOrigin[];
  }[];
}
