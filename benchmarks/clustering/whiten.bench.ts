/**
 * PCA-whitening: of the demo's features, and of AlexNet's.
 *
 * @module
 */
import { benchmark } from "../measure/bench.ts";
import { whiten } from "../workloads/clustering.ts";

benchmark(whiten(4000, 512, 64));
benchmark(whiten(20_000, 4096, 256), { heavy: true });
