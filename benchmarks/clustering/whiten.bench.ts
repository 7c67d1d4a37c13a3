/**
 * PCA-whitening: of the demo's features, and of AlexNet's.
 *
 * @module
 */
import { measured } from "../measure/bench.ts";
import { whiten } from "../works/clustering.ts";

measured(whiten(4000, 512, 64));
measured(whiten(20_000, 4096, 256), { heavy: true });
