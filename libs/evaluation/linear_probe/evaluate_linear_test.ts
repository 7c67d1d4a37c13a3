import { Progress } from "@deepcluster/core";
import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openTask } from "../task_testing.ts";
import { evaluateLinear } from "./evaluate_linear.ts";
import assert from "node:assert/strict";

const engine = layerOnnx({ provider: "cpu", threads: 1 });

/** Dies, as by SIGKILL, when test images are to be scored by a probe. */
const dyingAtScoring = Layer.effect(
  Backend,
  Effect.map(Backend, (real) => ({
    ...real,
    compile: (graph, state, options) =>
      "logits" in graph.outputs
        ? Effect.die("killed")
        : real.compile(graph, state, options),
  } satisfies typeof real)),
).pipe(Layer.provide(engine));

effectTest(
  "evaluateLinear() killed while it scores goes on without training again, to " +
    "the same figures",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(10);
      const layers = task.model.layers.slice(0, 2);
      const steps: string[] = [];
      const listening = Layer.succeed(Progress, {
        report: ({ phase, done }) =>
          Effect.sync(() => void steps.push(`${phase} ${done}`)),
      });
      const evaluate = (folder: string, backend: typeof engine) =>
        evaluateLinear({ ...task, folder }, layers, 1, { epochs: 4 }).pipe(
          Effect.provide(Layer.merge(backend, listening)),
          Effect.map(({ figures }) =>
            figures.map(({ seconds: _, ...figure }) => figure)
          ),
        );
      const whole = yield* evaluate(task.folder, engine);
      const other = `${task.folder}-killed`;
      for (const layer of ["conv1", "conv2"]) {
        steps.length = 0;
        const exit = yield* Effect.exit(evaluate(other, dyingAtScoring));
        assert.equal(exit._tag, "Failure");
        assert.ok(steps.includes(`probe ${layer} 4`), `${steps}`);
        if (layer === "conv1") {
          const one = evaluateLinear(
            { ...task, folder: other },
            layers.slice(0, 1),
            1,
            { epochs: 4 },
          );
          steps.length = 0;
          yield* one.pipe(Effect.provide(Layer.merge(engine, listening)));
          assert.deepEqual(steps, [], "neither extracted nor trained again");
        }
      }
      steps.length = 0;
      assert.deepEqual(yield* evaluate(other, engine), whole);
      assert.deepEqual(steps, []);
      const left = yield* Effect.promise(() => readdir(join(other, "probes")));
      assert.deepEqual(left, []);
    }),
);
