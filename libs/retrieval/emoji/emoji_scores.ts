/**
 * How well descriptors find an emoji as other artists draw it.
 *
 * @module
 */
import { floatTensor, type Matrix } from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul } from "@deepcluster/graph";
import { averagePrecision } from "@deepcluster/metrics";
import { Effect } from "effect";
import { type EmojiDrawing, relevanceOf } from "./emoji_split.ts";

/** Figures of a search for every drawing among all others, from 0 to 1. */
export interface EmojiScores {
  /** Mean average precision over the queries. */
  readonly map: number;
  /** Fraction of queries with a relevant drawing among the first 1, 5, 10. */
  readonly recall: {
    readonly 1: number;
    readonly 5: number;
    readonly 10: number;
  };
  /** Drawings with something relevant; others are no queries. */
  readonly queries: number;
}

/** Queries of one product. */
const queriesAtOnce = 64;

/**
 * Searches for every drawing among all others by the dot product.
 *
 * Average precision is the field's usual one: the mean, over the relevant
 * drawings, of the precision at their rank (scikit-learn's
 * `average_precision_score`); junk takes no rank. Not the trapezoid rule of
 * Oxford and Paris. O(n² d) time.
 *
 * @param vectors `[n, d]`, rows of length 1.
 * @param drawings `[n]`.
 * @returns The figures; NaN without a query. Or `BackendError`.
 */
export const scoreEmoji: (
  vectors: Matrix,
  drawings: readonly EmojiDrawing[],
) => Effect.Effect<EmojiScores, BackendError, Backend> = Effect.fn(
  "scoreEmoji",
)(function* ({ rows: n, columns: d, data }, drawings) {
  const backend = yield* Backend;
  const graph = yield* Effect.orDie(buildGraph(() => {
    const queries = input("queries", [queriesAtOnce, d]);
    const base = input("base", [n, d]);
    const products = matmul(queries, base, { transposeB: true });
    return { outputs: { products }, state: { base } };
  }));
  const program = yield* backend.compile(graph, {
    base: floatTensor([n, d], data),
  });
  const precisions: number[] = [];
  const firstRanks: number[] = [];
  for (let start = 0; start < n; start += queriesAtOnce) {
    const queries = floatTensor([queriesAtOnce, d]);
    queries.data.set(data.subarray(start * d, (start + queriesAtOnce) * d));
    const products = (yield* program.run({ queries })).products!
      .data as Float32Array;
    for (
      let query = start;
      query < Math.min(n, start + queriesAtOnce);
      query++
    ) {
      const scores = products.subarray(
        (query - start) * n,
        (query - start + 1) * n,
      );
      const targets = targetsOf(drawings[query]!, drawings);
      if (!targets.includes(1)) continue;
      // There is a relevant drawing, and a target for each score.
      const { area } = yield* Effect.orDie(averagePrecision(scores, targets));
      precisions.push(area);
      firstRanks.push(firstRank(scores, targets));
    }
  }
  const within = (k: number) =>
    firstRanks.filter((rank) => rank < k).length / firstRanks.length;
  return {
    map: precisions.reduce((sum, precision) => sum + precision, 0) /
      precisions.length,
    recall: { 1: within(1), 5: within(5), 10: within(10) },
    queries: precisions.length,
  };
}, Effect.scoped);

/** 1 for relevant drawings, 0 for others, -1 for junk. */
const targetsOf = (
  query: EmojiDrawing,
  drawings: readonly EmojiDrawing[],
): Int8Array =>
  Int8Array.from(
    drawings,
    (drawing) =>
      ({ relevant: 1, other: 0, junk: -1 })[relevanceOf(query, drawing)],
  );

/** Drawings before the first relevant one; of equal scores all others are. */
const firstRank = (scores: Float32Array, targets: Int8Array): number => {
  let best = -Infinity;
  for (const [i, target] of targets.entries()) {
    if (target === 1 && scores[i]! > best) best = scores[i]!;
  }
  let rank = 0;
  for (const [i, target] of targets.entries()) {
    if (target === 0 && scores[i]! >= best) rank++;
  }
  return rank;
};
