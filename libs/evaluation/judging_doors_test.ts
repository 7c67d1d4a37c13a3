import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { openBench } from "./bench_testing.ts";
import { judgeAll } from "./judge_all.ts";
import { judgeClusters } from "./judge_clusters.ts";
import { judgeKnn } from "./judge_knn.ts";
import { judgeLinear } from "./judge_linear.ts";
import { judgeLowShot } from "./judge_low_shot.ts";
import assert from "node:assert/strict";

const services = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerReference),
);

effectTest(
  "judges refuse options that do not fit the images before they look at any",
  () =>
    Effect.gen(function* () {
      const opened = yield* openBench(4);
      const decoded = () => Effect.die("an image was decoded");
      const bench = { ...opened, images: { ...opened.images, decoded } };
      const layers = bench.model.layers.slice(-1);
      const refusal = <R>(
        judge: Effect.Effect<unknown, { readonly message: string }, R>,
      ) => Effect.map(Effect.flip(judge), ({ message }) => message);
      const k = "--neighbours must be at most the number of training images: " +
        "--neighbours 10, 9 training images";
      assert.match(
        yield* refusal(judgeKnn(bench, layers, 1, { k: [3, 10] })),
        RegExp(k),
      );
      assert.match(
        yield* refusal(judgeAll(bench, 1, { k: [10] })),
        RegExp(k),
      );
      const shots = /--shots 4, class across has 3/;
      assert.match(
        yield* refusal(judgeLowShot(bench, layers, 1, { shots: [1, 4] })),
        shots,
      );
      assert.match(
        yield* refusal(judgeAll(bench, 1, { shots: [4] })),
        shots,
      );
      const clusters =
        /clusters must be a whole number from 1 to the 12 images.*clusters=13/;
      assert.match(
        yield* refusal(judgeClusters(bench, layers, 1, { clusters: 13 })),
        clusters,
      );
      assert.match(
        yield* refusal(judgeAll(bench, 1, { clusters: 13 })),
        clusters,
      );
      const epochs =
        /epochs must be an integer >= 1: current value is epochs=0/;
      assert.match(
        yield* refusal(judgeLinear(bench, layers, 1, { epochs: 0 })),
        epochs,
      );
      assert.match(
        yield* refusal(judgeAll(bench, 1, { probe: { epochs: 0 } })),
        epochs,
      );
    }).pipe(Effect.provide(services)),
);
