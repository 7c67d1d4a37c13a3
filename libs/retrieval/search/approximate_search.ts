/**
 * Approximate search: rows that a graph leads to, compared exactly.
 *
 * The graph holds rows in bytes, so its order of near rows is rough; the order
 * of the results is exact. What may be missing is a row that the graph did not
 * lead to.
 *
 * @module
 */
import type { RowReader } from "@deepcluster/core";
import { Effect } from "effect";
import { countBelow } from "./count_below.ts";
import { dot } from "./dot.ts";
import type { GraphError } from "./errors.ts";
import { keepNearest, type NearestRows, noRows } from "./nearest_rows.ts";
import type { Graph } from "./usearch_graph.ts";

/** Rows of the graph that are compared exactly, at least. */
const minCompared = 50;

/**
 * Searches a graph.
 *
 * @param graph The graph.
 * @param vectors `[n, d]`, its rows.
 * @param query `[d]`.
 * @param top How many results at most.
 * @param live The rows that count, ascending. Default: all.
 * @returns The most similar ones of the rows that the graph leads to; or
 * `GraphError`, or the errors of reading rows.
 */
export const nearestInGraph: <E>(
  graph: Graph,
  vectors: RowReader<E>,
  query: Float32Array,
  top: number,
  live?: Int32Array,
) => Effect.Effect<NearestRows, E | GraphError> = Effect.fnUntraced(
  function* <E>(
    graph: Graph,
    { rows: n, columns: d, read }: RowReader<E>,
    query: Float32Array,
    top: number,
    live?: Int32Array,
  ) {
    const liveCount = live?.length ?? n;
    const nearest = noRows(Math.min(top, liveCount));
    if (liveCount === 0) return nearest;
    const wanted = Math.min(liveCount, Math.max(minCompared, 2 * top));
    let fetched = Math.min(n, Math.ceil(wanted * n / liveCount));
    let candidates: Int32Array = new Int32Array();
    for (;;) {
      const all = yield* graph.search(query, fetched);
      candidates = live === undefined
        ? all
        : all.filter((row) => includes(live, row));
      if (candidates.length >= nearest.rows.length || fetched === n) break;
      fetched = Math.min(n, 2 * fetched);
    }
    const row = new Float32Array(d);
    for (const candidate of candidates) {
      const { data } = yield* read(candidate, 1, row);
      keepNearest(nearest, candidate, dot(query, 0, data, 0, d));
    }
    return nearest;
  },
);

/** Whether an ascending array has a number. */
const includes = (values: Int32Array, value: number): boolean =>
  values[countBelow(values, value)] === value;
