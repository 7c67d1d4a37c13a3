/**
 * What a search gives, and how it can fail.
 *
 * @module
 */
import type {
  Matrix,
  NonFiniteFeatureError,
  OptionError,
} from "@deepcluster/core";
import type { BackendError } from "@deepcluster/gpu-backend";
import type { Effect } from "effect";
import type { VectorFileError } from "../search_index/vector_file.ts";
import type { GraphError } from "./errors.ts";

/** One result of a query. */
export interface Found {
  /** Row of the search index. */
  readonly row: number;
  /**
   * Cosine similarity of the query and the row: their dot product, added up in
   * double precision.
   */
  readonly score: number;
  /**
   * Fraction of random pairs of rows that are less similar than this, from 0
   * to 1; 1 when the index has no two rows.
   */
  readonly percentile: number;
}

/** What a search can fail with. */
export type SearchError =
  | OptionError
  | NonFiniteFeatureError
  | BackendError
  | GraphError
  | VectorFileError;

/** Finds the rows of a search index that are most similar to queries. */
export interface Searcher {
  /** Whether all rows are compared, or those that a graph leads to. */
  readonly kind: "exact" | "approximate";
  /**
   * Of the 10 most similar rows, the fraction that an approximate search
   * finds, as measured on rows of the index; absent for an exact one.
   */
  readonly recall?: number;
  /**
   * Searches for any number of queries at once; calls wait for each other.
   *
   * Takes `[m, d]` finite rows of length 1 and how many results each shall
   * have. Gives the results of each query, the most similar first and of equal
   * ones the lower row; fewer than `top` when the index has fewer rows.
   */
  readonly search: (
    queries: Matrix,
    top: number,
  ) => Effect.Effect<readonly (readonly Found[])[], SearchError>;
}
