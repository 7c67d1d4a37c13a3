/**
 * Points in two dimensions that stand for features.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";

/** Where each image lies in the plane, and how far to trust it. */
export interface Embedding {
  /**
   * `umap`: every point was laid out; `centroids`: the centroids were, and the
   * points were placed by the ones nearest to them.
   */
  readonly kind: "umap" | "centroids";
  /** `[n, 2]`. */
  readonly positions: Matrix;
  /** Names the draws. */
  readonly seed: number;
  /**
   * Trustworthiness (Venna and Kaski 2001): 1 when all neighbours in the plane
   * are neighbours of the features, too.
   */
  readonly trustworthiness: number;
  /** Points that it was measured on. */
  readonly measuredOn: number;
}

/** Neighbours of each point that a map keeps together, itself not counted. */
export const defaultNeighbours = 15;
