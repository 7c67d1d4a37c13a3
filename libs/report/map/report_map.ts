/**
 * The map of a run's features as it is shown.
 *
 * @module
 */

/** What the view of the map draws. Arrays are `[n]`, one entry a point. */
export interface ReportMap {
  /** How the points were placed, see `Embedding` in `manifold`. */
  readonly kind: "umap" | "centroids";
  /** Images of the run, of which the points are a sample. */
  readonly images: number;
  /** Each point's image, its rank among the run's readable images. */
  readonly indices: Int32Array;
  /** `[n, 2]` positions, 0 to 65 535 from left to right and from top down. */
  readonly positions: Uint16Array;
  /** Cluster of each point in each of `epochs`, one array an epoch. */
  readonly clusters: readonly Int32Array[];
  /** Epochs that the points can be coloured by, ascending. */
  readonly epochs: readonly number[];
  /** Classes, where the images have labels; -1: none. */
  readonly labels?: {
    readonly names: readonly string[];
    readonly classes: Int32Array;
  };
  /** Paths of the points' images. */
  readonly paths: readonly string[];
  /** See `Embedding` in `manifold`. */
  readonly trustworthiness: number;
  /** Points that it was measured on. */
  readonly measuredOn: number;
  /** Names the draws. */
  readonly seed: number;
  /**
   * Thumbnails: sheets of squares, row by row, in the order of the points;
   * absent without thumbnails.
   */
  readonly sprites?: {
    /** Side of a square, in pixels. */
    readonly side: number;
    /** Squares in a row of a sheet. */
    readonly columns: number;
    /** Rows in a full sheet. */
    readonly rows: number;
    /** Sheets as `data:` addresses of images. */
    readonly sheets: readonly string[];
    /** Square of each point; -1: none. */
    readonly squares: Int32Array;
  };
}
