/**
 * The coarse pass of exact search: products of all rows and a batch of
 * queries, and the largest of each group, on the Backend. The codes of the
 * rows stay with the engine.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import {
  Backend,
  type BackendError,
  type ByteProducts,
} from "@deepcluster/gpu-backend";
import {
  buildGraph,
  coarseMatmul,
  input,
  matmul,
  reduceMax,
  reshape,
} from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import { groupSize } from "./coded_rows.ts";

/** Products of a batch of queries and the rows of one block. */
export interface CoarseProducts {
  /** `[queries, width]` products of codes. */
  readonly products: Float32Array;
  /** `[queries, width / groupSize]` largest product of each group. */
  readonly maxima: Float32Array;
}

/** Multiplies `[batch, d]` codes of queries; valid until the next call. */
export type MultiplyCodes = (
  codes: Float32Array,
) => Effect.Effect<CoarseProducts, BackendError>;

/**
 * Numbers of queries that programs are compiled for, when first needed; each
 * holds the codes of all rows.
 */
const batches = [1, 10, 100] as const;

/**
 * Chooses how many queries are searched at a time.
 *
 * @param queries How many are left.
 * @returns The largest batch of which they fill a quarter.
 */
export const batchFor = (queries: number): number =>
  batches.findLast((batch) => batch <= 4 * queries)!;

/**
 * Compiles the products of a block.
 *
 * @param codes `[d, width]` codes of its rows.
 * @param d Number of columns.
 * @param batch Number of queries.
 * @param bits Of the codes of queries, whole numbers like those of rows; 0
 * where both are floats.
 * @returns The products while the scope lasts, or `BackendError`.
 */
export const compileProducts: (
  codes: Float32Array,
  d: number,
  batch: number,
  bits: ByteProducts,
) => Effect.Effect<MultiplyCodes, BackendError, Backend | Scope.Scope> = Effect
  .fnUntraced(function* (codes, d, batch, bits) {
    const backend = yield* Backend;
    const width = codes.length / d;
    const graph = yield* Effect.orDie(buildGraph(() => {
      const queries = input("queries", [batch, d]);
      const rows = input("rows", [d, width]);
      const products = bits === 0
        ? matmul(queries, rows)
        : coarseMatmul(queries, rows, { bits });
      const grouped = reshape(products, [
        batch,
        width / groupSize,
        groupSize,
      ]);
      const maxima = reduceMax(grouped, { axes: [2] });
      return { outputs: { products, maxima }, state: { rows } };
    }));
    const program = yield* backend.compile(graph, {
      rows: floatTensor([d, width], codes),
    });
    return (queries) =>
      Effect.map(
        program.run({ queries: floatTensor([batch, d], queries) }),
        ({ products, maxima }) => ({
          products: products!.data as Float32Array,
          maxima: maxima!.data as Float32Array,
        }),
      );
  });
