import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { openTask } from "./task_testing.ts";
import { evaluateAll } from "./evaluate_all.ts";
import { evaluateClusters } from "./clusters/evaluate_clusters.ts";
import { evaluateKnn } from "./knn/evaluate_knn.ts";
import { evaluateLinear } from "./linear_probe/evaluate_linear.ts";
import { evaluateLowShot } from "./low_shot/evaluate_low_shot.ts";
import assert from "node:assert/strict";

const services = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerReference),
);

effectTest(
  "protocols refuse options that do not fit the images before they look at any",
  () =>
    Effect.gen(function* () {
      const opened = yield* openTask(4);
      const decoded = () => Effect.die("an image was decoded");
      const task = { ...opened, images: { ...opened.images, decoded } };
      const layers = task.model.layers.slice(-1);
      const refusal = <R>(
        evaluate: Effect.Effect<unknown, { readonly message: string }, R>,
      ) => Effect.map(Effect.flip(evaluate), ({ message }) => message);
      const k = "--neighbours must be at most the number of training images: " +
        "--neighbours 10, 9 training images";
      assert.match(
        yield* refusal(evaluateKnn(task, layers, 1, { k: [3, 10] })),
        RegExp(k),
      );
      assert.match(
        yield* refusal(evaluateAll(task, 1, { k: [10] })),
        RegExp(k),
      );
      const shots = /--shots 4, class across has 3/;
      assert.match(
        yield* refusal(evaluateLowShot(task, layers, 1, { shots: [1, 4] })),
        shots,
      );
      assert.match(
        yield* refusal(evaluateAll(task, 1, { shots: [4] })),
        shots,
      );
      for (const option of ["steps", "memoryBytes"] as const) {
        assert.match(
          yield* refusal(evaluateLowShot(task, layers, 1, { [option]: 0 })),
          RegExp(`${option} must be an integer >= 1: .* ${option}=0`),
        );
      }
      const clusters =
        /clusters must be a whole number from 1 to the 12 images.*clusters=13/;
      assert.match(
        yield* refusal(evaluateClusters(task, layers, 1, { clusters: 13 })),
        clusters,
      );
      assert.match(
        yield* refusal(evaluateAll(task, 1, { clusters: 13 })),
        clusters,
      );
      const epochs =
        /epochs must be an integer >= 1: current value is epochs=0/;
      assert.match(
        yield* refusal(evaluateLinear(task, layers, 1, { epochs: 0 })),
        epochs,
      );
      assert.match(
        yield* refusal(evaluateAll(task, 1, { probe: { epochs: 0 } })),
        epochs,
      );
    }).pipe(Effect.provide(services)),
);
