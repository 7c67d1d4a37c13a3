/**
 * Cosine similarities of many rows to many others, a block at a time, as
 * matrix products on the Backend.
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
  requireFinite,
  requireOption,
  type RowReader,
} from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul } from "@deepcluster/graph";
import { Effect, type Scope } from "effect";

/** What comparing rows fails with, beside the errors of reading them. */
export type NeighboursError =
  | OptionError
  | NonFiniteFeatureError
  | BackendError;

/** The similarities of some queries to some keys. */
export interface SimilarityBlock {
  /** Rank of the first query. */
  readonly firstQuery: number;
  /** Number of queries. */
  readonly queries: number;
  /** Rank of the first key. */
  readonly firstKey: number;
  /** Number of keys. */
  readonly keys: number;
  /**
   * Returns the similarities `[keys]` of query `firstQuery + i`, -1 to 1 but
   * for rounding; valid until the next block.
   */
  readonly of: (i: number) => Float32Array;
}

/** How {@link similarityBlocks} cuts the rows. */
export interface SimilarityBlockOptions {
  /** Rows of a block of queries, at most. */
  readonly queryRows: number;
  /** Rows of a block of keys, at most. */
  readonly keyRows: number;
  /** What the similarities are for, in messages. */
  readonly action: string;
}

/**
 * Computes the cosine similarity of every query to every key.
 *
 * A block of queries meets all blocks of keys, ascending, before the next
 * block of queries begins. A row of zeros has similarity 0 to every row.
 * Bitwise repeatable for one Backend, thread count and cut.
 *
 * O(m n d) time for m queries, n keys and d features. Queries are read once,
 * keys once for each block of queries.
 *
 * @param queries `[m, d]` finite rows.
 * @param keys `[n, d]` finite rows.
 * @param options See {@link SimilarityBlockOptions}.
 * @param onBlock Called with each block.
 * @returns Nothing; or `OptionError` when the numbers of columns differ,
 * `NonFiniteFeatureError`, the errors of reading rows, or of the engine.
 */
export const similarityBlocks: <E = never, F = never>(
  queries: RowReader<E>,
  keys: RowReader<F>,
  options: SimilarityBlockOptions,
  onBlock: (block: SimilarityBlock) => void,
) => Effect.Effect<void, E | F | NeighboursError, Backend> = Effect.fn(
  "similarityBlocks",
)(
  function* <E, F>(
    queries: RowReader<E>,
    keys: RowReader<F>,
    options: SimilarityBlockOptions,
    onBlock: (block: SimilarityBlock) => void,
  ) {
    const { rows: m, columns: d } = queries;
    const { rows: n } = keys;
    const { action } = options;
    const equal = keys.columns === d;
    const rule = `the ${d} columns of the queries`;
    yield* requireOption(action, "columns of keys", rule, keys.columns, equal);
    if (m === 0 || n === 0) return;
    const queryRows = evenly(m, options.queryRows);
    const keyRows = evenly(n, options.keyRows);
    const productsOf = yield* compileProducts(queryRows, keyRows, d);
    const [queryBlock, keyBlock] = [matrix(queryRows, d), matrix(keyRows, d)];
    for (let firstQuery = 0; firstQuery < m; firstQuery += queryRows) {
      const queriesHere = Math.min(queryRows, m - firstQuery);
      yield* readNormalised(
        action,
        queries,
        firstQuery,
        queriesHere,
        queryBlock,
      );
      for (let firstKey = 0; firstKey < n; firstKey += keyRows) {
        const keysHere = Math.min(keyRows, n - firstKey);
        yield* readNormalised(action, keys, firstKey, keysHere, keyBlock);
        const products = yield* productsOf(queryBlock, keyBlock);
        onBlock({
          firstQuery,
          queries: queriesHere,
          firstKey,
          keys: keysHere,
          of: (i) => products.subarray(i * keyRows, i * keyRows + keysHere),
        });
      }
    }
  },
  Effect.scoped,
);

/** Rows of blocks of the same size, so that no product is of empty rows. */
const evenly = (rows: number, most: number): number =>
  Math.ceil(rows / Math.ceil(rows / most));

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
