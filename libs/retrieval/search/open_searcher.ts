/**
 * The search of an index: exact up to 200 000 rows, approximate above, scores
 * with their percentile.
 *
 * @module
 */
import {
  type Matrix,
  type Progress,
  requireCount,
  requireFinite,
  requireOption,
  row,
} from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import type { NeighboursError } from "@deepcluster/neighbours";
import { Effect, type Scope } from "effect";
import type { VectorFileError } from "../search_index/vector_file.ts";
import { nearestInGraph } from "./approximate_search.ts";
import type { GraphError } from "./errors.ts";
import { openExactSearch } from "./exact_search.ts";
import { type DigestedRows, openGraph } from "./graph_cache.ts";
import { readLiveRows } from "./live_rows.ts";
import type { NearestRows } from "./nearest_rows.ts";
import {
  keptPairScores,
  percentileOf,
  randomPairScores,
} from "./random_pairs.ts";
import type { Searcher, SearchError } from "./searcher.ts";

/** What is searched: a part of a `SearchIndex`. */
export interface SearchedIndex {
  /** Its folder, where the graph of approximate search is kept. */
  readonly folder: string;
  /** `[n, d]` rows of length 1, removed ones included. */
  readonly vectors: DigestedRows<VectorFileError>;
  /** The rows that are searched, ascending. */
  readonly live: Int32Array;
}

/** Options of {@link openSearcher}. */
export interface SearcherOptions {
  /**
   * Which search to use. Default: `approximate` above
   * {@link exactSearchLimit} rows, otherwise `exact`.
   */
  readonly mode?: "exact" | "approximate" | undefined;
}

/** What {@link openSearcher} fails with. */
export type OpenSearcherError =
  | VectorFileError
  | BackendError
  | GraphError
  | NeighboursError;

/**
 * More rows than this are searched approximately by default: then a graph
 * answers in a tenth of the time, and is worth the minutes that it takes to
 * build.
 */
export const exactSearchLimit = 200_000;

/**
 * Opens the search of an index.
 *
 * Exact search reads all live rows into memory, and holds their codes: about
 * five bytes a value. Approximate search loads the graph, or builds it first
 * (minutes; see `graph_cache.ts`), and reads the rows that it compares from
 * the file.
 *
 * @param index The index.
 * @param options See {@link SearcherOptions}.
 * @returns The search while the scope lasts; or the errors of reading rows, of
 * the engine, or `GraphError`.
 */
export const openSearcher: (
  index: SearchedIndex,
  options?: SearcherOptions,
) => Effect.Effect<
  Searcher,
  OpenSearcherError,
  Backend | Progress | Scope.Scope
> = Effect.fn("openSearcher")(function* (index, { mode } = {}) {
  const { live } = index;
  return mode === "approximate" ||
      (mode === undefined && live.length > exactSearchLimit)
    ? yield* openApproximate(index)
    : yield* openExact(index);
});

const openExact = Effect.fnUntraced(function* (
  { vectors, live }: SearchedIndex,
): Effect.fn.Return<
  Searcher,
  VectorFileError | BackendError,
  Backend | Scope.Scope
> {
  const rows = yield* readLiveRows(vectors, live);
  const search = yield* openExactSearch(rows);
  const pairs = randomPairScores(rows);
  return searcher(
    { kind: "exact" },
    rows.columns,
    pairs,
    (queries, top) =>
      Effect.map(
        search(queries, top),
        (results) =>
          results.map((one) => ({ ...one, rows: rowsAt(live, one) })),
      ),
  );
});

/** The rows of results, which are ranks among the live ones. */
const rowsAt = (live: Int32Array, { rows }: NearestRows): Int32Array =>
  rows.map((rank) => live[rank]!);

const openApproximate = Effect.fnUntraced(function* (
  { folder, vectors, live }: SearchedIndex,
): Effect.fn.Return<Searcher, OpenSearcherError, Backend | Progress> {
  const { graph, recall } = yield* openGraph(folder, vectors);
  const pairs = yield* keptPairScores(folder, vectors, live);
  return searcher(
    { kind: "approximate", recall },
    vectors.columns,
    pairs,
    (queries, top) =>
      Effect.forEach(
        Array.from({ length: queries.rows }, (_, q) => row(queries, q)),
        (query) => nearestInGraph(graph, vectors, query, top, live),
      ),
  );
});

/** Checks queries before a search and adds percentiles behind it. */
const searcher = (
  kind: Pick<Searcher, "kind" | "recall">,
  columns: number,
  pairs: Float64Array,
  search: (
    queries: Matrix,
    top: number,
  ) => Effect.Effect<readonly NearestRows[], SearchError>,
): Searcher => ({
  ...kind,
  search: Effect.fn("search")(function* (queries, top) {
    yield* checkQueries(queries, top, columns);
    const results = yield* search(queries, top);
    return results.map(({ rows, scores, count }) =>
      Array.from(rows.subarray(0, count), (row, i) => ({
        row,
        score: scores[i]!,
        percentile: percentileOf(pairs, scores[i]!),
      }))
    );
  }),
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
