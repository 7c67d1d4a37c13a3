/**
 * Duplicates and odd ones out of an index.
 *
 * @module
 */
import {
  type DuplicateGroup,
  duplicateGroups,
  type IndexedImage,
  nearRowsOf,
  neighboursOf,
  rankOutliers,
  type RowDistances,
  type Searcher,
  type SearchIndex,
  similarityLevel,
} from "@deepcluster/retrieval";
import { Effect } from "effect";
import type { SentGroup, ThreadCalls } from "./thread_calls.ts";

/**
 * Groups images with equal files or equal pixels: nothing is compared but the
 * hashes of the index.
 *
 * @param index The index.
 * @param kind Which hashes.
 * @returns The groups.
 */
export const equalImagesIn = (
  index: SearchIndex,
  kind: "bytes" | "pixels",
): ThreadCalls["duplicates"]["answer"] => ({
  groups: duplicateGroups(index.images, kind).map(sentGroup),
});

/**
 * Groups images whose vectors are alike, each vector compared with all others.
 *
 * @param index The index.
 * @param searcher Its search.
 * @param request Fraction of random pairs that are less similar.
 * @returns The groups, or the errors of the search.
 */
export const nearImagesIn = Effect.fnUntraced(function* (
  index: SearchIndex,
  searcher: Searcher,
  { percentile }: ThreadCalls["duplicates"]["request"],
) {
  const level = yield* similarityLevel(index, percentile);
  const near = yield* nearRowsOf(index, searcher, level);
  const groups = duplicateGroups(index.images, "near", near);
  return { level, groups: groups.map(sentGroup) };
});

const sentGroup = (
  { kind, keep, why, duplicates }: DuplicateGroup<IndexedImage>,
): SentGroup => ({
  kind,
  keep: keep.id,
  why,
  ...kind === "near" && {
    score: Math.min(...duplicates.map(({ score }) => score)),
  },
  members: [keep.id, ...duplicates.map(({ image }) => image.id)],
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
