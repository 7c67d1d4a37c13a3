/**
 * Query expansion and database augmentation: vectors replaced by means of
 * their neighbours.
 *
 * Reference: A. Gordo et al., "End-to-end learning of deep visual
 * representations for image retrieval", IJCV 2017, and its published code;
 * DeepCluster's script takes these options and does not use them.
 *
 * @module
 */
import { type Matrix, matrix, row, rowsOf } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  nearestNeighbours,
  type NeighboursError,
} from "@deepcluster/neighbours";
import { Effect } from "effect";

/**
 * Ranks all images for a query.
 *
 * @param query `[d]`.
 * @param database `[n, d]`.
 * @returns `[n]` rows by dot product, descending; of equal ones the lower
 * first.
 */
export const rankingOf = (
  query: Float32Array,
  database: Matrix,
): Int32Array => {
  const scores = Float64Array.from({ length: database.rows }, (_, i) => {
    const vector = row(database, i);
    let sum = 0;
    for (let j = 0; j < vector.length; j++) sum += vector[j]! * query[j]!;
    return sum;
  });
  return Int32Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
};

/**
 * Replaces a query by the mean of itself and its nearest images (average query
 * expansion). It is not normalised again.
 *
 * @param query `[d]`.
 * @param database `[n, d]`.
 * @param count How many of the nearest.
 * @returns `[d]`.
 */
export const expandQuery = (
  query: Float32Array,
  database: Matrix,
  count: number,
): Float32Array => {
  const sums = Float64Array.from(query);
  const nearest = rankingOf(query, database).subarray(0, count);
  for (const i of nearest) {
    row(database, i).forEach((value, j) => sums[j]! += value);
  }
  return Float32Array.from(sums, (sum) => sum / (nearest.length + 1));
};

/**
 * Replaces every image by the weighted mean of itself (1) and its k nearest
 * others, (k - i) / k for the i-th from 0. They are not normalised again.
 *
 * @param database `[n, d]`, rows of length 1.
 * @param count k, below n.
 * @returns `[n, d]`, or the errors of the search.
 */
export const augmentDatabase: (
  database: Matrix,
  count: number,
) => Effect.Effect<Matrix, NeighboursError, Backend> = Effect.fn(
  "augmentDatabase",
)(function* (database, count) {
  const rows = rowsOf(database);
  const { k, indices } = yield* nearestNeighbours(rows, rows, count + 1, {
    action: "augment the database",
  });
  const augmented = matrix(database.rows, database.columns);
  for (let i = 0; i < database.rows; i++) {
    const others = indices.subarray(i * k, (i + 1) * k)
      .filter((other) => other !== i).subarray(0, count);
    const sums = Float64Array.from(row(database, i));
    let total = 1;
    others.forEach((other, rank) => {
      const weight = (count - rank) / count;
      total += weight;
      const vector = row(database, other);
      for (let j = 0; j < sums.length; j++) sums[j]! += weight * vector[j]!;
    });
    row(augmented, i).set(sums.map((sum) => sum / total));
  }
  return augmented;
});
