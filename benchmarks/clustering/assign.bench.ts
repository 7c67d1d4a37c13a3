/**
 * The E-step of k-means, from small to a million points and 10 000 clusters.
 *
 * @module
 */
import { measured } from "../measure/bench.ts";
import { assign } from "../works/clustering.ts";

measured(assign({ n: 1000, d: 64, k: 64 }), { reference: true });
measured(assign({ n: 10_000, d: 64, k: 200 }));
measured(assign({ n: 20_000, d: 256, k: 1000 }));
measured(assign({ n: 20_000, d: 256, k: 10_000 }), { heavy: true });
measured(assign({ n: 1_000_000, d: 256, k: 10_000 }), { heavy: true });
