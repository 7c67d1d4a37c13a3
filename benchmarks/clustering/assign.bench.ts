/**
 * The E-step of k-means, from small to a million points and 10 000 clusters.
 *
 * @module
 */
import { benchmark } from "../measure/bench.ts";
import { assign } from "../workloads/clustering.ts";

benchmark(assign({ n: 1000, d: 64, k: 64 }), { reference: true });
benchmark(assign({ n: 10_000, d: 64, k: 200 }));
benchmark(assign({ n: 20_000, d: 256, k: 1000 }));
benchmark(assign({ n: 20_000, d: 256, k: 10_000 }), { heavy: true });
benchmark(assign({ n: 1_000_000, d: 256, k: 10_000 }), { heavy: true });
