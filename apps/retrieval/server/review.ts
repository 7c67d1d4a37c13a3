/**
 * Duplicates and odd ones out of an index, as the searching thread computes
 * them.
 *
 * @module
 */
import {
  duplicateGroups,
  nearRowsOf,
  neighboursOf,
  rankOutliers,
  type RowDistances,
  type Searcher,
  type SearchIndex,
  similarityLevel,
} from "@deepcluster/retrieval";
import { Effect } from "effect";
import type { ThreadCalls } from "./thread_calls.ts";

/**
 * Groups duplicates.
 *
 * @param index The index.
 * @param searcher Its search.
 * @param request Which kind, and for near ones the fraction of random pairs
 * that are less similar.
 * @returns The groups, or the errors of the search.
 */
export const duplicatesIn = Effect.fnUntraced(function* (
  index: SearchIndex,
  searcher: Searcher,
  { kind, percentile }: ThreadCalls["duplicates"]["request"],
) {
  const level = kind === "near"
    ? yield* similarityLevel(index, percentile)
    : undefined;
  const near = level === undefined
    ? undefined
    : yield* nearRowsOf(index, searcher, level);
  const groups = duplicateGroups(index.images, kind, near);
  return {
    ...level !== undefined && { level },
    groups: groups.map(({ kind, keep, why, duplicates }) => ({
      kind,
      keep: keep.id,
      why,
      ...kind === "near" && {
        score: Math.min(...duplicates.map(({ score }) => score)),
      },
      members: [keep.id, ...duplicates.map(({ image }) => image.id)],
    })),
  };
});

/** Neighbours that an odd one out is far from. */
const neighbours = 10;

/**
 * Ranks all vectors by how far out they are.
 *
 * @param index The index.
 * @param searcher Its search.
 * @returns The rows, first first, or the errors of the search.
 */
export const outliersIn = Effect.fnUntraced(function* (
  index: SearchIndex,
  searcher: Searcher,
) {
  const { live, clusters, distances } = index;
  const rows: RowDistances[] = [];
  yield* neighboursOf(
    index.vectors,
    searcher,
    live,
    neighbours,
    (row, found) => {
      const sum = found.reduce((sum, { score }) => sum + score, 0);
      const clustered = (clusters[row] ?? -1) >= 0;
      rows.push({
        row,
        ...clustered && { centroidDistance: distances[row]! },
        neighbourDistance: found.length === 0 ? 0 : 1 - sum / found.length,
      });
    },
  );
  return rankOutliers(rows);
});
