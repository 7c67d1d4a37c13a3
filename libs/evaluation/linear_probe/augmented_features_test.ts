import { Progress } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { augmentedFeatures } from "./augmented_features.ts";
import type { EvaluationTask } from "../task.ts";
import { openTask } from "../task_testing.ts";
import { evaluateLinear } from "./evaluate_linear.ts";
import assert from "node:assert/strict";

const engine = layerOnnx({ provider: "cpu", threads: 1 });
const silent = Layer.merge(engine, Progress.layerSilent);

const epochOf = Effect.fnUntraced(function* (
  task: EvaluationTask,
  seed: number,
  epoch: number,
  name = "name",
) {
  const layer = task.model.layers[0]!;
  const train = Int32Array.of(0, 1, 2, 3, 5, 8, 13, 21, 22, 23);
  const views = yield* augmentedFeatures(task, layer, train, seed, name);
  const rows = yield* views.featuresOf(epoch);
  return [...(yield* rows.read(0, rows.rows)).data];
}, Effect.scoped);

/** Interrupts what reports progress when an event is as asked. */
const killedAt = (phase: RegExp, done: number) =>
  Layer.succeed(Progress, {
    report: (event) =>
      phase.test(`${event.phase} ${event.epoch}`) && event.done >= done
        ? Effect.interrupt
        : Effect.void,
  });

effectTest(
  "augmentedFeatures() are named by seed and epoch, whether killed or not",
  () =>
    Effect.gen(function* () {
      const task = { ...yield* openTask(8), batch: 4 };
      const whole = yield* epochOf(task, 1, 2);
      assert.deepEqual(yield* epochOf(task, 1, 2, "again"), whole);
      assert.notDeepEqual(yield* epochOf(task, 2, 2, "seed"), whole);
      assert.notDeepEqual(yield* epochOf(task, 1, 3, "epoch"), whole);
      const killed = yield* Effect.exit(
        epochOf(task, 1, 2, "killed").pipe(
          Effect.provide(Layer.merge(engine, killedAt(/extract/, 8))),
        ),
      );
      assert.equal(killed._tag, "Failure");
      assert.deepEqual(yield* epochOf(task, 1, 2, "killed"), whole);
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "evaluateLinear() on augmented images, killed in any part of any epoch, equals " +
    "one that never was",
  () =>
    Effect.gen(function* () {
      const task = { ...yield* openTask(8), batch: 4 };
      const layers = task.model.layers.slice(0, 1);
      const probe = { augment: true, epochs: 3, standardise: true, batch: 8 };
      const evaluate = (folder: string) =>
        Effect.map(
          evaluateLinear({ ...task, folder }, layers, 1, probe),
          ({ figures }) => figures,
        );
      const whole = yield* evaluate(task.folder);
      assert.equal(
        whole[0]!.protocol,
        "linear, 3 epochs, batch 8, standardised, augmented",
      );
      const other = `${task.folder}-killed`;
      for (
        const death of [
          killedAt(/extract conv1 0/, 8),
          killedAt(/probe conv1/, 2),
          killedAt(/extract conv1 1/, 4),
          killedAt(/probe conv1/, 7),
        ]
      ) {
        const exit = yield* Effect.exit(
          evaluate(other).pipe(Effect.provide(Layer.merge(engine, death))),
        );
        assert.equal(exit._tag, "Failure");
      }
      const timeless = (figures: typeof whole) =>
        figures.map(({ seconds: _, ...figure }) => figure);
      assert.deepEqual(timeless(yield* evaluate(other)), timeless(whole));
      const [left] = yield* Effect.promise(() =>
        readdir(join(other, "augmented"))
      );
      assert.deepEqual(
        yield* Effect.promise(() => readdir(join(other, "augmented", left!))),
        [],
        "no features of an epoch stay",
      );
      const { figures: plain } = yield* evaluateLinear(task, layers, 1, {
        ...probe,
        augment: false,
      });
      assert.equal(
        plain[0]!.protocol,
        "linear, 3 epochs, batch 8, standardised",
      );
    }).pipe(Effect.provide(silent)),
);
