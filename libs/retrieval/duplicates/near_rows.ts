/**
 * Which rows of a search index are near duplicates of which: those above a
 * level of similarity, which is read off random pairs of the same index. A
 * cosine means something else for every model and every set of images.
 *
 * @module
 */
import {
  draws,
  type Matrix,
  OptionError,
  type Progress,
  type RowReader,
} from "@deepcluster/core";
import { Effect } from "effect";
import type { Searcher, SearchError } from "../search/searcher.ts";
import {
  gatherRows,
  type Neighbour,
  neighboursOf,
  similarity,
} from "./all_neighbours.ts";
import type { NearRows } from "./duplicate_groups.ts";

/** The part of a search index that holds its rows. */
export interface LiveRows<E> {
  /** `[n, d]` rows of length 1. */
  readonly vectors: RowReader<E>;
  /** The rows that present images have, ascending. */
  readonly live: Int32Array;
}

/** Rows whose pairs are compared: two million of them. */
const sampleRows = 2000;

/**
 * Finds the similarity that a fraction of random pairs of rows stays below.
 *
 * Takes about a second, on the pairs of 2000 rows that are drawn with a
 * fixed seed. Repeatable.
 *
 * @param index The index.
 * @param percentile The fraction, from 0 to 1.
 * @returns The level, 1 where there are no two rows, or `OptionError`, or the
 * error of reading rows.
 */
export const similarityLevel: <E>(
  index: LiveRows<E>,
  percentile: number,
) => Effect.Effect<number, OptionError | E> = Effect.fn(
  "similarityLevel",
)(function* <E>({ live, vectors }: LiveRows<E>, percentile: number) {
  if (!(percentile >= 0 && percentile <= 1)) {
    return yield* new OptionError({
      action: "find near duplicates",
      option: "percentile",
      rule: "a fraction from 0 to 1",
      value: String(percentile),
    });
  }
  const ranks = live.length <= sampleRows
    ? Int32Array.from(live.keys())
    : draws(0, "similarity level", live.length)
      .sample(sampleRows, live.length).sort();
  const rows = yield* gatherRows(vectors, ranks.map((rank) => live[rank]!));
  const scores = scoresOfPairs(rows);
  if (scores.length === 0) return 1;
  const rank = Math.floor(percentile * scores.length);
  return scores[Math.min(rank, scores.length - 1)]!;
});

const scoresOfPairs = (rows: Matrix): Float64Array => {
  const scores = new Float64Array(rows.rows * (rows.rows - 1) / 2);
  let count = 0;
  for (let i = 0; i < rows.rows; i++) {
    for (let j = 0; j < i; j++) scores[count++] = similarity(rows, i, rows, j);
  }
  return scores.sort();
};

/** More pairs are no duplicates, and would not fit into memory. */
const maxPairs = 5_000_000;

/**
 * Finds all rows at or above a level of similarity, for every row.
 *
 * Every row is searched for with a few results; those whose results are all
 * above the level are searched for again, with more.
 *
 * @param index The index.
 * @param searcher Its search; where it is approximate, what it misses is
 * missing here.
 * @param level The least cosine similarity.
 * @returns The rows, the most similar first, or `OptionError` when there are
 * more than five million pairs, or the errors of the search.
 */
export const nearRowsOf: <E>(
  index: LiveRows<E>,
  searcher: Searcher,
  level: number,
) => Effect.Effect<NearRows, E | SearchError, Progress> = Effect.fn(
  "nearRowsOf",
)(function* <E>(
  { live, vectors }: LiveRows<E>,
  searcher: Searcher,
  level: number,
) {
  const near = new Map<number, readonly Neighbour[]>();
  let pairs = 0;
  let rows = live;
  for (let top = 16; rows.length > 0; top *= 8) {
    const again: number[] = [];
    yield* neighboursOf(vectors, searcher, rows, top, (row, found) => {
      if (found.length === top && found.at(-1)!.score >= level) {
        again.push(row);
        return;
      }
      const above = found.filter(({ score }) => score >= level);
      if (above.length > 0) near.set(row, above.map(plain));
      pairs += above.length;
    });
    rows = Int32Array.from(again);
    if (pairs + rows.length * top > maxPairs) {
      return yield* new OptionError({
        action: "group near duplicates",
        option: "level",
        rule: `so high that at most ${maxPairs} pairs are above it; ` +
          "raise --percentile or --score",
        value: String(level),
      });
    }
  }
  return (row) => near.get(row) ?? [];
});

const plain = ({ row, score }: Neighbour): Neighbour => ({ row, score });
