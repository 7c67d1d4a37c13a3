/**
 * Whole k-means, where there is something to find and where there is nothing.
 *
 * @module
 */
import { benchmark } from "../measure/bench.ts";
import { kmeans } from "../workloads/clustering.ts";

benchmark(kmeans({ n: 1000, d: 16, k: 20 }, "clustered", 5), {
  reference: true,
});
for (const structure of ["clustered", "unstructured"] as const) {
  benchmark(kmeans({ n: 10_000, d: 64, k: 200 }, structure, 20));
  benchmark(kmeans({ n: 100_000, d: 256, k: 1000 }, structure, 20), {
    heavy: true,
  });
}
