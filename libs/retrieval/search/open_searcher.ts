/**
 * Search of an index: its rows loaded, scores with their percentile.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  requireCount,
  requireFinite,
  requireOption,
  type RowReader,
} from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import type { StorageError } from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { openExactSearch } from "./exact_search.ts";
import { percentileOf, randomPairScores } from "./random_pairs.ts";
import type { Searcher } from "./searcher.ts";

/** What is searched: a part of a search index. */
export interface SearchedIndex {
  /** Its folder, where a graph is kept. */
  readonly folder: string;
  /** `[n, d]` rows of length 1, removed ones included. */
  readonly vectors: RowReader<StorageError>;
  /** The rows that are searched, ascending. */
  readonly live: Int32Array;
}

/** Options of {@link openSearcher}. */
export interface SearcherOptions {
  /** Which search to use. Default: `exact`. */
  readonly mode?: "exact" | "approximate";
}

/**
 * Opens the search of an index. Reads all of its rows into memory.
 *
 * @param index The index.
 * @param options See {@link SearcherOptions}.
 * @returns The search while the scope lasts; or the errors of reading rows, or
 * of the engine.
 */
export const openSearcher: (
  index: SearchedIndex,
  options?: SearcherOptions,
) => Effect.Effect<
  Searcher,
  StorageError | BackendError,
  Backend | Scope.Scope
> = Effect.fn("openSearcher")(function* ({ vectors, live }) {
  const rows = yield* readLive(vectors, live);
  const search = yield* openExactSearch(rows);
  const pairs = randomPairScores(rows);
  return {
    kind: "exact",
    search: Effect.fnUntraced(function* (queries, top) {
      yield* checkQueries(queries, top, rows.columns);
      const results = yield* search(queries, top);
      return results.map(({ rows, scores, count }) =>
        Array.from(rows.subarray(0, count), (position, i) => ({
          row: live[position]!,
          score: scores[i]!,
          percentile: percentileOf(pairs, scores[i]!),
        }))
      );
    }),
  } satisfies Searcher;
});

/** Refuses what cannot be searched for. */
const checkQueries = Effect.fnUntraced(function* (
  queries: Matrix,
  top: number,
  columns: number,
) {
  yield* requireCount("search", "top", top, 1);
  yield* requireOption(
    "search",
    "columns of queries",
    `the ${columns} columns of the index`,
    queries.columns,
    queries.columns === columns,
  );
  yield* requireFinite("search", queries);
});

/** Rows that are read at a time where some of them are not live. */
const blockRows = 4096;

/** Reads the live rows. */
const readLive = Effect.fnUntraced(function* <E>(
  vectors: RowReader<E>,
  live: Int32Array,
): Effect.fn.Return<Matrix, E> {
  const d = vectors.columns;
  const rows = matrix(live.length, d);
  for (let from = 0; from < live.length;) {
    const first = live[from]!;
    let to = from;
    while (to < live.length && live[to]! < first + blockRows) to++;
    const count = live[to - 1]! - first + 1;
    const room = rows.data.subarray(from * d, to * d);
    const block = yield* vectors.read(
      first,
      count,
      count === to - from ? room : undefined,
    );
    if (block.data.buffer !== rows.data.buffer) {
      for (let i = from; i < to; i++) {
        const at = (live[i]! - first) * d;
        rows.data.set(block.data.subarray(at, at + d), i * d);
      }
    }
    from = to;
  }
  return rows;
});
