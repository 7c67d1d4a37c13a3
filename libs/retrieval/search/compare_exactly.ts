/**
 * Discards rows by the bounds of their coarse scores and compares the rest
 * exactly.
 *
 * For a query q and a shifted row y, with codes q̂ and ŷ and errors
 * e_q >= |q - q̂| and e_y >= |y - ŷ|, the product of the codes differs from
 * q·y by at most
 *
 *     E = (|q| + e_q) e_y + e_q |y|
 *
 * since q·y - q̂·ŷ = (q - q̂)·y + q̂·(y - ŷ) and |q̂| <= |q| + e_q. Roundings of
 * 32-bit floats, and of factors where the engine rounds those, add a fraction
 * of (|q| + e_q)(|y| + e_y).
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { CoarseProducts } from "./coarse_products.ts";
import { type CodedQuery, groupSize, type RowBounds } from "./coded_rows.ts";
import { dot } from "./dot.ts";
import {
  keepNearest,
  kthLargest,
  lowestKept,
  type NearestRows,
} from "./nearest_rows.ts";

/** Some adjacent rows that are scored together. */
export interface ScoredBlock extends RowBounds {
  /** The first of the rows. */
  readonly first: number;
  /** How many there are. */
  readonly count: number;
}

/** Memory of {@link compareExactly}, to be used again. */
export interface Candidates {
  readonly errorBounds: Float64Array;
  readonly upperBounds: Float64Array;
  readonly lowerBounds: Float64Array;
  readonly rows: Int32Array;
}

/**
 * Returns memory for the candidates of blocks.
 *
 * @param count Rows of the largest block.
 * @returns The memory, 20 bytes a row.
 */
export const candidatesOf = (count: number): Candidates => ({
  errorBounds: new Float64Array(Math.ceil(count / groupSize)),
  upperBounds: new Float64Array(count),
  lowerBounds: new Float64Array(count),
  rows: new Int32Array(count),
});

/**
 * Adds the rows of one block to the most similar rows of one query.
 *
 * @param rows `[n, d]`, all rows.
 * @param block The block.
 * @param scores Its products, of which those of the query are row `q`.
 * @param q Rank of the query in its batch.
 * @param queries `[batch, d]`.
 * @param coded The query's codes.
 * @param rounding That fraction.
 * @param nearest The most similar rows of earlier blocks, changed in place.
 * @param candidates Memory for the block.
 */
export const compareExactly = (
  rows: Matrix,
  block: ScoredBlock,
  { products, maxima }: CoarseProducts,
  q: number,
  queries: Float32Array,
  coded: CodedQuery,
  rounding: number,
  nearest: NearestRows,
  candidates: Candidates,
): void => {
  const d = rows.columns;
  const { scales, count } = block;
  const { errorBounds, upperBounds, lowerBounds } = candidates;
  const top = nearest.rows.length;
  const groups = scales.length;
  const firstMaximum = q * groups;
  const firstProduct = firstMaximum * groupSize;
  const { scale, atOrigin } = coded;
  writeErrorBounds(block, coded, d, rounding, errorBounds);

  let threshold = lowestKept(nearest);
  if (top <= groups) {
    for (let g = 0; g < groups; g++) {
      lowerBounds[g] = atOrigin +
        scale * scales[g]! * maxima[firstMaximum + g]! - errorBounds[g]!;
    }
    threshold = Math.max(threshold, kthLargest(lowerBounds, groups, top));
  }
  let found = 0;
  for (let g = 0; g < groups; g++) {
    const perCode = scale * scales[g]!;
    const error = errorBounds[g]!;
    const largest = atOrigin + perCode * maxima[firstMaximum + g]!;
    if (largest + error < threshold) continue;
    const to = Math.min((g + 1) * groupSize, count);
    for (let i = g * groupSize; i < to; i++) {
      const score = atOrigin + perCode * products[firstProduct + i]!;
      if (score + error < threshold) continue;
      candidates.rows[found] = i;
      upperBounds[found] = score + error;
      lowerBounds[found++] = score - error;
    }
  }
  if (found > top) {
    threshold = Math.max(threshold, kthLargest(lowerBounds, found, top));
  }
  for (let c = 0; c < found; c++) {
    const upperBound = upperBounds[c]!;
    if (upperBound < threshold || upperBound < lowestKept(nearest)) continue;
    const row = block.first + candidates.rows[c]!;
    keepNearest(nearest, row, dot(queries, q * d, rows.data, row * d, d));
  }
};

/** Writes the error bound of each group. */
const writeErrorBounds = (
  { norms, errors }: RowBounds,
  { norm, error, atOrigin }: CodedQuery,
  d: number,
  rounding: number,
  errorBounds: Float64Array,
): void => {
  const sums = d * 2 ** -48 * (norm + Math.abs(atOrigin)) + 2 ** -100;
  for (let g = 0; g < errorBounds.length && g < norms.length; g++) {
    errorBounds[g] = (norm + error) * errors[g]! + error * norms[g]! +
      rounding * (norm + error) * (norms[g]! + errors[g]!) + sums;
  }
};
