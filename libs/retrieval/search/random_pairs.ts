/**
 * How similar pairs of rows are that have nothing to do with each other: what
 * makes a score readable.
 *
 * @module
 */
import { draws, type Matrix, type RowReader } from "@deepcluster/core";
import {
  bytesOf,
  encoded,
  keyOf,
  kindOf,
  readBytes,
  sha256Of,
  type StorageError,
  writeDurably,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import { join } from "node:path";
import { countBelow } from "./count_below.ts";
import { dot } from "./dot.ts";
import type { DigestedRows } from "./graph_cache.ts";

/** Pairs that are drawn, where there are more. */
const randomPairCount = 20_000;

/**
 * Computes the scores of random pairs of distinct rows: of all pairs where
 * these are no more than {@link randomPairCount}, otherwise of as many drawn
 * with a fixed seed. Takes milliseconds; repeatable.
 *
 * @param rows `[n, d]`.
 * @returns Scores in ascending order; none when there are no two rows.
 */
export const randomPairScores = (
  { rows: n, columns: d, data }: Matrix,
): Float64Array =>
  Float64Array.from(
    randomPairs(n),
    ([a, b]) => dot(data, a * d, data, b * d, d),
  ).sort();

/**
 * Does the same for rows in a file, which takes seconds, and keeps the scores
 * in `random-pairs.json`.
 *
 * @param folder The folder of the index.
 * @param vectors `[n, d]` all rows.
 * @param live The rows that count, ascending.
 * @returns Scores in ascending order, or `StorageError`, or the errors of
 * reading rows.
 */
export const keptPairScores: <E>(
  folder: string,
  vectors: DigestedRows<E>,
  live: Int32Array,
) => Effect.Effect<Float64Array, E | StorageError> = Effect.fn(
  "keptPairScores",
)(function* <E>(folder: string, vectors: DigestedRows<E>, live: Int32Array) {
  const path = join(folder, "random-pairs.json");
  const key = keyOf({
    pairs: randomPairCount,
    vectors: vectors.digest,
    live: sha256Of(bytesOf(live)),
  });
  if ((yield* kindOf(path)) === "file") {
    const kept = Kept(new TextDecoder().decode(yield* readBytes(path)));
    if (!(kept instanceof type.errors) && kept.key === key) {
      return Float64Array.from(kept.scores);
    }
  }
  const scores = yield* readPairScores(vectors, live);
  const content = JSON.stringify({ key, scores: [...scores] });
  yield* writeDurably(path, encoded(content));
  return scores;
});

const Kept = type("string.json.parse").to({
  key: "string",
  scores: "number[]",
});

const readPairScores = Effect.fnUntraced(function* <E>(
  { columns: d, read }: RowReader<E>,
  live: Int32Array,
): Effect.fn.Return<Float64Array, E> {
  const pairs = randomPairs(live.length);
  const scores = new Float64Array(pairs.length);
  const [one, other] = [new Float32Array(d), new Float32Array(d)];
  for (const [i, [a, b]] of pairs.entries()) {
    const first = yield* read(live[a]!, 1, one);
    const second = yield* read(live[b]!, 1, other);
    scores[i] = dot(first.data, 0, second.data, 0, d);
  }
  return scores.sort();
});

/** All pairs of distinct numbers below n, or some of them. */
const randomPairs = (n: number): readonly (readonly [number, number])[] => {
  if (n * (n - 1) / 2 <= randomPairCount) {
    return Array.from({ length: n }, (_, b) => b).flatMap((b) =>
      Array.from({ length: b }, (_, a) => [a, b] as const)
    );
  }
  const { integer } = draws(0, "random pairs", n);
  return Array.from({ length: randomPairCount }, () => {
    const a = integer(n);
    const b = integer(n - 1);
    return [a, b < a ? b : b + 1] as const;
  });
};

/**
 * Tells how many random pairs are less similar.
 *
 * @param scores Those of random pairs, ascending.
 * @param score A score.
 * @returns The fraction of pairs below it, from 0 to 1; 1 without pairs.
 */
export const percentileOf = (scores: Float64Array, score: number): number =>
  scores.length === 0 ? 1 : countBelow(scores, score) / scores.length;
