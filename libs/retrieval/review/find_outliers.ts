/**
 * The odd ones out of a search index.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import { Effect } from "effect";
import { neighboursOf } from "../duplicates/all_neighbours.ts";
import type { LiveRows } from "../duplicates/near_rows.ts";
import type { Searcher, SearchError } from "../search/searcher.ts";
import { type Outlier, rankOutliers, type RowDistances } from "./outliers.ts";

/** The part of a search index that says how its rows are clustered. */
export interface ClusteredIndex<E> extends LiveRows<E> {
  /** `[n]` cluster of each row, -1: none. */
  readonly clusters: Int32Array;
  /** `[n]` distance of each row to its centroid. */
  readonly distances: Float32Array;
}

/** Neighbours that an image should not be far from. */
const neighbours = 10;

/**
 * Ranks the rows of an index by how far out they are: from the centroid of
 * their cluster and from their 10 nearest neighbours. Every row is searched
 * for once.
 *
 * @param index The index.
 * @param searcher Its search.
 * @returns All rows, the most unusual first, or the errors of the search, or
 * of reading rows.
 */
export const findOutliers: <E>(
  index: ClusteredIndex<E>,
  searcher: Searcher,
) => Effect.Effect<readonly Outlier[], E | SearchError, Progress> = Effect.fn(
  "findOutliers",
)(function* <E>(
  { clusters, distances, live, vectors }: ClusteredIndex<E>,
  searcher: Searcher,
) {
  const rows: RowDistances[] = [];
  yield* neighboursOf(vectors, searcher, live, neighbours, (row, found) => {
    const sum = found.reduce((sum, { score }) => sum + score, 0);
    rows.push({
      row,
      neighbourDistance: found.length === 0 ? 0 : 1 - sum / found.length,
      ...clusters[row]! >= 0 && { centroidDistance: distances[row]! },
    });
  });
  return rankOutliers(rows);
});
