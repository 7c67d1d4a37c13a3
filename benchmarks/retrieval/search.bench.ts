/**
 * Exact search: one query and a hundred at once.
 *
 * @module
 */
import { benchmark } from "../measure/bench.ts";
import { search } from "../workloads/search.ts";

benchmark(search({ n: 12_000, d: 256, queries: 1 }));
benchmark(search({ n: 12_000, d: 256, queries: 100 }));
benchmark(search({ n: 100_000, d: 256, queries: 1 }));
benchmark(search({ n: 100_000, d: 256, queries: 100 }));
