import { Progress } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { join } from "node:path";
import { openTask } from "../task_testing.ts";
import { evaluateLowShot } from "./evaluate_low_shot.ts";
import assert from "node:assert/strict";

effectTest(
  "evaluateLowShot() within little memory finds the same, which is found again with more",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(6);
      const layers = task.model.layers.slice(-1);
      const evaluate = (folder: string, memoryBytes?: number) =>
        Effect.map(
          evaluateLowShot(
            { ...task, folder: join(task.folder, folder) },
            layers,
            1,
            {
              shots: [1, 2],
              steps: 5,
              ...memoryBytes !== undefined && { memoryBytes },
            },
          ),
          ({ figures }) =>
            figures.map(({ protocol, value, seconds }) => ({
              protocol,
              value,
              seconds,
            })),
        );
      const little = yield* evaluate("little", 1);
      const usual = yield* evaluate("usual");
      const untimed = (figures: typeof little) =>
        figures.map(({ protocol, value }) => ({ protocol, value }));
      assert.deepEqual(
        little.map(({ protocol }) => protocol),
        ["linear, 1 image a class", "linear, 2 images a class"],
      );
      assert.deepEqual(untimed(little), untimed(usual));
      // Seconds are those of the evaluation that was kept.
      assert.deepEqual(yield* evaluate("little"), little);
    }).pipe(Effect.provide([Progress.layerSilent, layerReference])),
);
