/**
 * Exact nearest neighbours by cosine similarity.
 *
 * @module
 */
import { requireCount, requireOption, type RowReader } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { type NeighboursError, similarityBlocks } from "./similarity_blocks.ts";
import { emptyTopK, mergeBlock, type TopK } from "./top_k.ts";

/** Options of {@link nearestNeighbours}. */
export interface NeighbourOptions {
  /** Memory for blocks of queries and keys, in bytes. Default: 256 MiB. */
  readonly memoryBytes?: number;
  /** What the neighbours are for, in messages. Default: `find neighbours`. */
  readonly action?: string;
}

/** The nearest keys of each query; row i begins at `i * k`. */
export interface Neighbours {
  /** Number of neighbours of each query. */
  readonly k: number;
  /** `[queries, k]` ranks of keys, the most similar first. */
  readonly indices: Int32Array;
  /** `[queries, k]` cosine similarities, descending. */
  readonly similarities: Float32Array;
}

/**
 * Finds the k keys of highest cosine similarity for each query, exactly.
 *
 * Of equal similarities the lower row of keys comes first. A row of zeros has
 * similarity 0 to every row. Bitwise repeatable for one Backend and thread
 * count.
 *
 * O(m n d) time for m queries, n keys and d features. Queries are read once,
 * keys once for each block of queries. Beyond the result (`8 m k` bytes) it
 * holds `memoryBytes` of rows, or 32 rows of each side where that is more, and
 * at most 2^22 similarities.
 *
 * @param queries `[m, d]` finite rows.
 * @param keys `[n, d]` finite rows to search.
 * @param k Number of neighbours, from 1 to n.
 * @param options See {@link NeighbourOptions}.
 * @returns The neighbours `[m, k]`; or `OptionError` when k, `memoryBytes` or
 * the number of columns breaks its rule, `NonFiniteFeatureError`, the errors
 * of reading rows, or of the engine.
 *
 * @example The nearest of three
 * ```ts
 * import { matrix, rowsOf } from "@deepcluster/core";
 * import { layerReference } from "@deepcluster/gpu-backend";
 * import { nearestNeighbours } from "@deepcluster/neighbours";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const keys = rowsOf(matrix(3, 2, Float32Array.of(0, 1, 3, 4, 1, 0)));
 * const queries = rowsOf(matrix(1, 2, Float32Array.of(9, 1)));
 * const { indices } = await Effect.runPromise(
 *   nearestNeighbours(queries, keys, 2).pipe(Effect.provide(layerReference)),
 * );
 * assert.deepEqual([...indices], [2, 1]);
 * ```
 */
export const nearestNeighbours: <E = never, F = never>(
  queries: RowReader<E>,
  keys: RowReader<F>,
  k: number,
  options?: NeighbourOptions,
) => Effect.Effect<Neighbours, E | F | NeighboursError, Backend> = Effect.fn(
  "nearestNeighbours",
)(
  function* <E, F>(
    queries: RowReader<E>,
    keys: RowReader<F>,
    k: number,
    { memoryBytes = 2 ** 28, action = "find neighbours" }: NeighbourOptions =
      {},
  ) {
    const { rows: m, columns: d } = queries;
    const { rows: n } = keys;
    yield* requireCount(action, "memoryBytes", memoryBytes, 1);
    const holds = Number.isInteger(k) && k >= 1 && k <= n;
    yield* requireOption(
      action,
      "k",
      `a whole number from 1 to the ${n} keys`,
      k,
      holds,
    );
    const fitting = Math.max(32, Math.floor(memoryBytes / 8 / d));
    const blockRows = Math.min(fitting, 2048);
    const result: Neighbours = {
      k,
      indices: new Int32Array(m * k),
      similarities: new Float32Array(m * k),
    };
    let best: readonly TopK[] = [];
    yield* similarityBlocks(
      queries,
      keys,
      { queryRows: blockRows, keyRows: blockRows, action },
      (block) => {
        if (block.firstKey === 0) {
          best = Array.from({ length: block.queries }, () => emptyTopK(k));
        }
        best.forEach((topK, i) =>
          mergeBlock(topK, block.of(i), block.firstKey)
        );
        if (block.firstKey + block.keys < n) return;
        best.forEach(({ indices, similarities }, i) => {
          result.indices.set(indices, (block.firstQuery + i) * k);
          result.similarities.set(similarities, (block.firstQuery + i) * k);
        });
      },
    );
    return result;
  },
);
