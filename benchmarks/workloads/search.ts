/**
 * Workloads of exact search.
 *
 * @module
 */
import { type Matrix, matrix, Progress, row, rowsOf } from "@deepcluster/core";
import { openSearcher } from "@deepcluster/retrieval";
import { Effect } from "effect";
import { requireCorrect, type Workload } from "../measure/workload.ts";
import { unitPoints } from "./points.ts";

/** Sizes of a search. */
export interface SearchSize {
  /** Vectors that are searched. */
  readonly n: number;
  /** Values of a vector. */
  readonly d: number;
  /** Queries that are searched for at once. */
  readonly queries: number;
}

/** Results of each query. */
const top = 10;

/**
 * Vectors to search and others to search for, of the same clusters.
 *
 * @param n Vectors to search.
 * @param d Values of a vector.
 * @param queries Vectors to search for.
 * @returns `[n, d]` and `[queries, d]`.
 */
export const searchVectors = (
  n: number,
  d: number,
  queries: number,
): readonly [rows: Matrix, queries: Matrix] => {
  const { data } = unitPoints(n + queries, d, "clustered");
  return [
    matrix(n, d, data.subarray(0, n * d)),
    matrix(queries, d, data.subarray(n * d)),
  ];
};

/**
 * Exact search of clustered vectors of length 1.
 *
 * Check: no vector is more similar to the first query than its results.
 *
 * @param size See {@link SearchSize}.
 * @returns The workload; its number is the sum of the scores.
 */
export const search = ({ n, d, queries }: SearchSize): Workload => ({
  name: `search n=${n} d=${d} queries=${queries}`,
  operations: 2 * n * d * queries,
  prepare: Effect.gen(function* () {
    const [rows, wanted] = searchVectors(n, d, queries);
    const { search } = yield* openSearcher({
      folder: "",
      vectors: { ...rowsOf(rows), digest: "" },
      live: Int32Array.from({ length: n }, (_, i) => i),
    }, { mode: "exact" }).pipe(Effect.provide(Progress.layerSilent));
    const [first] = yield* search(wanted, top);
    const best = Array.from(
      { length: n },
      (_, i) => scoreOf(row(wanted, 0), row(rows, i)),
    ).sort((a, b) => b - a);
    yield* requireCorrect(
      first!.every(({ score }, i) => Math.abs(score - best[i]!) < 1e-9),
      () => `scores are ${first!.map(({ score }) => score)}, not ${best}`,
    );
    return {
      run: Effect.map(
        search(wanted, top),
        (results) => results.flat().reduce((sum, { score }) => sum + score, 0),
      ),
    };
  }),
});

const scoreOf = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, j) => sum + value * b[j]!, 0);
