/**
 * How many of the most similar rows a graph finds.
 *
 * @module
 */
import { draws, matrix, type RowReader, rowsOf } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  nearestNeighbours,
  type NeighboursError,
} from "@deepcluster/neighbours";
import { Effect } from "effect";
import { nearestInGraph } from "./approximate_search.ts";
import type { GraphError } from "./errors.ts";
import type { Graph } from "./usearch_graph.ts";

/** Rows that are searched for. */
const queries = 200;
/** Results of each that are counted. */
const counted = 10;

/** Changes when the same graph would be measured differently. */
export const recallVersion = 1;

/**
 * Measures recall@10: of the 10 rows that are most similar to a row of the
 * index, itself left out, the fraction that the graph finds; on 200 rows drawn
 * with a fixed seed.
 *
 * Takes the time of an exact search for them.
 *
 * @param vectors `[n, d]`, the rows of the graph.
 * @param graph The graph.
 * @returns From 0 to 1; 1 when there are no two rows. Or the errors of the
 * graph, of the engine, or of reading rows.
 */
export const measureRecall: <E>(
  vectors: RowReader<E>,
  graph: Graph,
) => Effect.Effect<number, E | GraphError | NeighboursError, Backend> = Effect
  .fn("measureRecall")(function* <E>(vectors: RowReader<E>, graph: Graph) {
    const { rows: n, columns: d } = vectors;
    const wanted = Math.min(counted, n - 1);
    if (wanted < 1) return 1;
    const sampled = draws(0, "recall", n).sample(Math.min(queries, n), n);
    const sample = matrix(sampled.length, d);
    for (const [i, row] of sampled.entries()) {
      sample.data.set((yield* vectors.read(row, 1)).data, i * d);
    }
    const exact = yield* nearestNeighbours(
      rowsOf(sample),
      vectors,
      wanted + 1,
      { action: "measure the recall of the graph" },
    );
    let found = 0;
    for (const [i, row] of sampled.entries()) {
      const nearest = exact.indices
        .subarray(i * exact.k, (i + 1) * exact.k)
        .filter((other) => other !== row)
        .subarray(0, wanted);
      const { rows, count } = yield* nearestInGraph(
        graph,
        vectors,
        sample.data.subarray(i * d, (i + 1) * d),
        wanted + 1,
      );
      const results = new Set(rows.subarray(0, count));
      for (const other of nearest) if (results.has(other)) found++;
    }
    return found / (sampled.length * wanted);
  });
