/**
 * Exact nearest neighbours by cosine similarity, as matrix products on the
 * Backend.
 *
 * @module
 */
import {
  floatTensor,
  type Matrix,
  matrix,
  type NonFiniteFeatureError,
  type OptionError,
  readInto,
  requireCount,
  requireFinite,
  requireOption,
  type RowReader,
} from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul } from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import { emptyTopK, mergeBlock } from "./top_k.ts";

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

/** Errors of {@link nearestNeighbours}, beside those of reading rows. */
export type NeighboursError =
  | OptionError
  | NonFiniteFeatureError
  | BackendError;

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
    const equal = keys.columns === d;
    const rule = `the ${d} columns of the queries`;
    yield* requireOption(action, "columns of keys", rule, keys.columns, equal);
    const fitting = Math.max(32, Math.floor(memoryBytes / 8 / d));
    const [queryRows, keyRows] = [m, n].map((rows) =>
      Math.min(rows, fitting, 2048)
    ) as [number, number];
    const result: Neighbours = {
      k,
      indices: new Int32Array(m * k),
      similarities: new Float32Array(m * k),
    };
    if (m === 0) return result;
    const productsOf = yield* compileProducts(queryRows, keyRows, d);
    const [queryBlock, keyBlock] = [matrix(queryRows, d), matrix(keyRows, d)];
    for (let start = 0; start < m; start += queryRows) {
      const rows = Math.min(queryRows, m - start);
      yield* readNormalised(action, queries, start, rows, queryBlock);
      const best = Array.from({ length: rows }, () => emptyTopK(k));
      for (let first = 0; first < n; first += keyRows) {
        const count = Math.min(keyRows, n - first);
        yield* readNormalised(action, keys, first, count, keyBlock);
        const products = yield* productsOf(queryBlock, keyBlock);
        best.forEach((topK, i) => {
          const from = i * keyRows;
          mergeBlock(topK, products.subarray(from, from + count), first);
        });
      }
      best.forEach(({ indices, similarities }, i) => {
        result.indices.set(indices, (start + i) * k);
        result.similarities.set(similarities, (start + i) * k);
      });
    }
    return result;
  },
  Effect.scoped,
);

/** Compiles the products of a block of queries and a block of keys. */
const compileProducts: (m: number, n: number, d: number) => Effect.Effect<
  (queries: Matrix, keys: Matrix) => Effect.Effect<Float32Array, BackendError>,
  BackendError,
  Backend | Scope.Scope
> = Effect.fnUntraced(function* (m, n, d) {
  const backend = yield* Backend;
  const graph = yield* Effect.orDie(buildGraph(() => {
    const queries = input("queries", [m, d]);
    const keys = input("keys", [n, d]);
    return {
      outputs: { products: matmul(queries, keys, { transposeB: true }) },
    };
  }));
  const program = yield* backend.compile(graph, {});
  return (queries, keys) =>
    Effect.map(
      program.run({
        queries: floatTensor([m, d], queries.data),
        keys: floatTensor([n, d], keys.data),
      }),
      ({ products }) => products!.data as Float32Array,
    );
});

/** Reads rows to the beginning of a block, each divided by its L2 norm. */
const readNormalised = Effect.fnUntraced(function* <E>(
  action: string,
  reader: RowReader<E>,
  start: number,
  count: number,
  into: Matrix,
): Effect.fn.Return<void, E | NonFiniteFeatureError> {
  const block = yield* readInto(reader, start, count, into.data);
  yield* requireFinite(action, block, (row) => start + row);
  const { data, columns: d } = block;
  for (let from = 0; from < data.length; from += d) {
    let square = 0;
    for (let j = from; j < from + d; j++) square += data[j]! ** 2;
    const norm = Math.sqrt(square) || 1;
    for (let j = from; j < from + d; j++) data[j] = data[j]! / norm;
  }
});
