/**
 * The map of features as JSON, for the view that draws it in a browser.
 *
 * @module
 */

/** Numbers as text: base64 of their little-endian bytes. */
export interface EncodedArray {
  /** The typed array that it is, without `Array`. */
  readonly type: "Int8" | "Int16" | "Int32" | "Uint16";
  /** Its bytes. */
  readonly base64: string;
}

/** What the view of a map draws. Arrays have one entry a point. */
export interface EncodedMap {
  /**
   * `umap`: every point was laid out; `centroids`: the centroids were, and the
   * points were placed by the ones nearest to them.
   */
  readonly kind: "umap" | "centroids";
  /** The features are of the weights of the end of this epoch. */
  readonly epoch: number;
  /** Images of the run, of which the points are all or a sample. */
  readonly images: number;
  /** Images that would be points, but could not be read. */
  readonly leftOut: number;
  /** Points of the map, n. */
  readonly points: number;
  /** Trustworthiness (Venna and Kaski 2001), at most 1. */
  readonly trustworthiness: number;
  /** Points that it was measured on; 0: it was not measured. */
  readonly measuredOn: number;
  /** Names the draws. */
  readonly seed: number;
  /** Each point's image, its rank among the run's readable images. */
  readonly indices: EncodedArray;
  /**
   * `[n, 2]`, 0 to 65 535 from left to right and from the top down, on one
   * scale for both.
   */
  readonly positions: EncodedArray;
  /** Epochs that the points can be coloured by, ascending. */
  readonly epochs: readonly number[];
  /** Cluster of each point in each of `epochs`, one array an epoch. */
  readonly clusters: readonly EncodedArray[];
  /** Classes, where the images have labels; -1: none. */
  readonly labels?: {
    readonly names: readonly string[];
    readonly classes: EncodedArray;
  };
  /** Paths of the points' images. */
  readonly paths: readonly string[];
  /** Thumbnails; absent without them. */
  readonly sprites?: {
    /** Side of a square, in pixels. */
    readonly side: number;
    /** Squares in a row of a sheet. */
    readonly columns: number;
    /** Rows in a full sheet. */
    readonly rows: number;
    /** Sheets as addresses of images. */
    readonly sheets: readonly string[];
    /** Square of each point, counted row by row and sheet by sheet; -1: none. */
    readonly squares: EncodedArray;
  };
}
