/**
 * The nearest rows of every row of a search index, in one pass over all.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  Progress,
  row,
  type RowReader,
} from "@deepcluster/core";
import { Effect } from "effect";
import type { Searcher, SearchError } from "../search/searcher.ts";

/** A row that is near to another. */
export interface Neighbour {
  /** The row. */
  readonly row: number;
  /** Cosine similarity. */
  readonly score: number;
}

/** Rows that are searched for at a time: a search of many costs less for each. */
const batch = 256;

/**
 * Searches for the nearest other rows of some rows of an index.
 *
 * O(m n d) time for m of n rows, in batches; reports the phase `neighbours`.
 *
 * @param vectors `[n, d]` rows of the index.
 * @param searcher Its search.
 * @param rows Which rows.
 * @param top Neighbours of each, at least 1.
 * @param take Called with each row and its neighbours, the nearest first,
 * without itself.
 * @param sameIndex Whether the rows are of the index that is searched; those
 * of another are left out of no result. Default: true.
 * @returns Nothing, or the errors of the search, or of reading rows.
 */
export const neighboursOf: <E>(
  vectors: RowReader<E>,
  searcher: Searcher,
  rows: Int32Array,
  top: number,
  take: (row: number, neighbours: readonly Neighbour[]) => void,
  sameIndex?: boolean,
) => Effect.Effect<void, E | SearchError, Progress> = Effect.fn(
  "neighboursOf",
)(function* <E>(
  vectors: RowReader<E>,
  searcher: Searcher,
  rows: Int32Array,
  top: number,
  take: (row: number, neighbours: readonly Neighbour[]) => void,
  sameIndex = true,
) {
  const progress = yield* Progress;
  const report = (done: number) =>
    progress.report({
      phase: "neighbours",
      done,
      total: rows.length,
      unit: "images",
    });
  yield* report(0);
  for (let start = 0; start < rows.length; start += batch) {
    const some = rows.subarray(start, start + batch);
    const queries = yield* gatherRows(vectors, some);
    const results = yield* searcher.search(queries, top + 1);
    results.forEach((found, i) => {
      const others = found.filter(({ row }) => !sameIndex || row !== some[i]);
      take(some[i]!, others.slice(0, top));
    });
    yield* report(Math.min(rows.length, start + batch));
  }
});

/**
 * Reads rows of an index.
 *
 * @param vectors All rows.
 * @param rows Which, ascending or not.
 * @returns `[rows.length, d]`, or the error of reading.
 */
export const gatherRows: <E>(
  vectors: RowReader<E>,
  rows: Int32Array,
) => Effect.Effect<Matrix, E> = Effect.fnUntraced(
  function* <E>(vectors: RowReader<E>, rows: Int32Array) {
    const gathered = matrix(rows.length, vectors.columns);
    for (let start = 0; start < rows.length;) {
      let count = 1;
      while (rows[start + count] === rows[start]! + count) count++;
      const block = yield* vectors.read(rows[start]!, count);
      gathered.data.set(block.data, start * vectors.columns);
      start += count;
    }
    return gathered;
  },
);

/**
 * Computes the similarity of two rows of length 1.
 *
 * @param a A matrix.
 * @param i One of its rows.
 * @param b Another or the same.
 * @param j One of its rows.
 * @returns Their dot product.
 */
export const similarity = (
  a: Matrix,
  i: number,
  b: Matrix,
  j: number,
): number => {
  const [x, y] = [row(a, i), row(b, j)];
  let sum = 0;
  for (let at = 0; at < x.length; at++) sum += x[at]! * y[at]!;
  return sum;
};
