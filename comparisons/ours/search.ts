/**
 * Our exact search.
 *
 * @module
 */
import { matrix, rowsOf } from "@deepcluster/core";
import { openSearcher } from "@deepcluster/retrieval";
import { Effect } from "effect";
import { readFloats } from "../shared_files.ts";
import type { SearchSpec } from "../specs.ts";
import type { OurWorkload } from "./workload.ts";

/**
 * Exact search for all queries at once, or one after the other.
 *
 * @param spec See {@link SearchSpec}.
 * @returns The workload; its value is the sum of the scores.
 */
export const searchWorkload = (spec: SearchSpec): OurWorkload =>
  Effect.gen(function* () {
    const { n, d, count, top, together } = spec;
    const vectors = matrix(n, d, yield* readFloats(spec.vectors));
    const queries = yield* readFloats(spec.queries);
    const { search } = yield* openSearcher({
      folder: "",
      vectors: { ...rowsOf(vectors), digest: "" },
      live: Int32Array.from({ length: n }, (_, i) => i),
    }, { mode: "exact" });
    const size = together ? count : 1;
    const batches = Array.from({ length: count / size }, (_, i) => {
      const from = i * size * d;
      return matrix(size, d, queries.subarray(from, from + size * d));
    });
    const run = Effect.map(
      Effect.forEach(batches, (batch) => search(batch, top)),
      (results) => () => [
        results.flat(2).reduce((sum, { score }) => sum + score, 0),
      ],
    );
    return { checked: [], run };
  });
