/**
 * Runs k-means three times, for a profiler:
 * `deno run -A --cpu-prof benchmarks/clustering/profile.ts STRUCTURE K THREADS`
 * with `unstructured`, `clustered` or `emoji` points `[100 000, 256]`, 20
 * iterations; `emoji` points are features of crops of the demo's images.
 *
 * @module
 */
import { Assigner, kmeans } from "@deepcluster/clustering";
import { layerBackend } from "@deepcluster/gpu-backend";
import { Effect, Layer } from "effect";
import { emojiPoints } from "../workloads/emoji_points.ts";
import { type Structure, unitPoints } from "../workloads/points.ts";

const [structure = "unstructured", k = "1000", threads = "2"] = Deno.args;
const [n, d] = [100_000, 256];
const points = structure === "emoji"
  ? await Effect.runPromise(emojiPoints(n, d))
  : unitPoints(n, d, structure as Structure);

const timed = Effect.gen(function* () {
  const startedMs = performance.now();
  const { loss } = yield* kmeans(points, { k: Number(k), seed: 1 });
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(`${seconds.toFixed(2)} s, loss ${loss}`);
});

await Effect.runPromise(
  Effect.repeat(timed, { times: 2 }).pipe(
    Effect.provide(
      Assigner.layerBackend.pipe(
        Layer.provide(layerBackend({ threads: Number(threads) })),
      ),
    ),
  ),
);
