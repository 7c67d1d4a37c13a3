/**
 * Rows of exact search.
 *
 * @module
 */
import { searchVectors } from "@deepcluster/benchmarks/workloads";
import type { Row } from "../row.ts";

const searchRow = (n: number, together: boolean): Row => ({
  name: `search n=${n} d=256: 100 queries ` +
    (together ? "at once" : "one by one"),
  baselines: ["faiss IndexFlatIP", "usearch exact"],
  repeats: 9,
  // Sums of 1000 scores.
  tolerances: [1e-5],
  warmUp: true,
  prepare: async (files) => {
    const [rows, queries] = searchVectors(n, 256, 100);
    return {
      kind: "search",
      n,
      d: 256,
      count: 100,
      top: 10,
      together,
      vectors: await files.numbers("vectors", rows.data),
      queries: await files.numbers("queries", queries.data),
    };
  },
});

/** The rows. */
export const searchRows: readonly Row[] = [12_000, 100_000].flatMap((n) => [
  searchRow(n, false),
  searchRow(n, true),
]);
