/**
 * Exact search: the rows of highest dot product, by products of 8-bit integers
 * and bounds that prove which rows need not be compared.
 *
 * One query reads every row, so the time is that of reading memory, and bytes
 * are a quarter of floats. The steps are the other files of the folder:
 *
 * 1. **Code** (`coded_rows.ts`): rows and queries become whole numbers from
 *    -127 to 127 times a scale, or queries from -63 to 63 where the engine
 *    multiplies only those exactly; what that loses is bounded.
 * 2. **Coarse products** (`coarse_products.ts`): of all rows and a batch of
 *    queries, with the largest of every 64 rows. Where an engine has no exact
 *    products of bytes they are products of floats, with narrower bounds.
 * 3. **Discard and compare** (`compare_exactly.ts`): the `top`-th highest lower
 *    bound is a score that a result has at least, so rows whose upper bound is
 *    below it are discarded. The rest, some dozens, get their exact score.
 *
 * `clustering/assign` does the same for the assignment step of k-means.
 *
 * @module
 */
import { type Matrix, row } from "@deepcluster/core";
import {
  Backend,
  type BackendError,
  dotProductError,
  measureFactorRounding,
} from "@deepcluster/gpu-backend";
import { Effect, type Scope, Semaphore } from "effect";
import {
  batchFor,
  compileProducts,
  type MultiplyCodes,
} from "./coarse_products.ts";
import { codeQuery, codeRows, groupSize, originOf } from "./coded_rows.ts";
import {
  candidatesOf,
  compareExactly,
  type ScoredBlock,
} from "./compare_exactly.ts";
import { type NearestRows, noRows } from "./nearest_rows.ts";

/** Finds the rows of highest dot product with each query. */
export type ExactSearch = (
  queries: Matrix,
  top: number,
) => Effect.Effect<readonly NearestRows[], BackendError>;

/** Rows of a block: the products of 100 queries take 25 MiB. */
const maxBlockRows = 65_536;

/** Options of {@link openExactSearch}. */
export interface ExactSearchOptions {
  /**
   * Values of a block of rows, whose codes take 4 bytes each while they are
   * compiled. Default: 2^25.
   */
  readonly blockValues?: number;
}

/**
 * Prepares exact search.
 *
 * Results equal those of plain loops (`searchReference`), bit by bit, whatever
 * the Backend. Beside the rows it holds their codes, a byte a value (floats
 * where the engine has no products of bytes), once for every size of batch
 * that was used.
 *
 * @param rows `[n, d]`, finite; not to be changed.
 * @param options See {@link ExactSearchOptions}.
 * @returns The search while the scope lasts, or `BackendError`. Calls wait for
 * each other.
 */
export const openExactSearch: (
  rows: Matrix,
  options?: ExactSearchOptions,
) => Effect.Effect<ExactSearch, BackendError, Backend | Scope.Scope> = Effect
  .fn("openExactSearch")(function* (rows, { blockValues = 2 ** 25 } = {}) {
    const { info } = yield* Backend;
    const context = yield* Effect.context<Backend | Scope.Scope>();
    const turn = yield* Semaphore.make(1);
    const bits = info.capabilities.byteProducts;
    const rounded = bits !== 0;
    const { rows: n, columns: d } = rows;
    const rounding = 2 ** -20 +
      (rounded ? 0 : dotProductError(d, yield* measureFactorRounding));
    if (n === 0) return ({ rows: m }) => Effect.succeed(nothing(m));
    const origin = originOf(rows);
    const height = blockHeight(d, blockValues);
    const candidates = candidatesOf(Math.min(height, n));
    const blocks: ScoredBlock[] = [];
    const compiled = new Map<number, readonly MultiplyCodes[]>();

    /** The products of all blocks and so many queries. */
    const productsFor = Effect.fnUntraced(function* (batch: number) {
      const known = compiled.get(batch);
      if (known !== undefined) return known;
      const products: MultiplyCodes[] = [];
      for (let first = 0; first < n; first += height) {
        const count = Math.min(height, n - first);
        const { codes, ...bounds } = codeRows(
          rows,
          first,
          count,
          origin,
          rounded,
        );
        blocks[products.length] = { first, count, ...bounds };
        products.push(yield* compileProducts(codes, d, batch, bits));
      }
      compiled.set(batch, products);
      return products;
    }, Effect.provide(context));

    /** Searches for at most `batch` queries. */
    const searchBatch = Effect.fnUntraced(function* (
      queries: Matrix,
      batch: number,
      results: readonly NearestRows[],
    ) {
      const codes = new Float32Array(batch * d);
      const coded = results.map((_, q) =>
        codeQuery(
          row(queries, q),
          origin,
          bits,
          codes.subarray(q * d, (q + 1) * d),
        )
      );
      const products = yield* productsFor(batch);
      for (const [b, multiply] of products.entries()) {
        const scores = yield* multiply(codes);
        for (const [q, nearest] of results.entries()) {
          compareExactly(
            rows,
            blocks[b]!,
            scores,
            q,
            queries.data,
            coded[q]!,
            rounding,
            nearest,
            candidates,
          );
        }
      }
    });

    yield* productsFor(1);
    return Effect.fn("exactSearch")(function* (queries, top) {
      const all: NearestRows[] = [];
      while (all.length < queries.rows) {
        const left = queries.rows - all.length;
        const batch = batchFor(left);
        const count = Math.min(batch, left);
        const results = Array.from(
          { length: count },
          () => noRows(Math.min(top, n)),
        );
        const first = all.length * d;
        yield* searchBatch(
          {
            rows: count,
            columns: d,
            data: queries.data.subarray(first, first + count * d),
          },
          batch,
          results,
        );
        all.push(...results);
      }
      return all;
    }, turn.withPermit);
  });

const nothing = (queries: number): readonly NearestRows[] =>
  Array.from({ length: queries }, () => noRows(0));

/** Rows of a block: whole groups, so that only the last has part of one. */
const blockHeight = (d: number, blockValues: number): number => {
  const rows = Math.min(maxBlockRows, Math.floor(blockValues / d));
  return Math.max(groupSize, rows - rows % groupSize);
};
