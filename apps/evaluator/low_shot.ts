/**
 * `low-shot MODEL DATA`: linear probes on a few labelled images of each class.
 *
 * @module
 */
import {
  defaultShots,
  evaluateLowShot,
  readableSplit,
  trainingLabels,
} from "@deepcluster/evaluation";
import { Effect, Option } from "effect";
import { evaluateModel } from "./evaluate_model.ts";
import type { Values } from "./low_shot_flags.ts";

/** Does what `low-shot` was asked for. */
export const run = ({ layers, shots, seeds, ...values }: Values) =>
  evaluateModel(
    values,
    {
      command: "low-shot",
      seeds,
      layers: Option.getOrElse(layers, () => ["features"]),
    },
    Effect.fnUntraced(function* (task) {
      const split = yield* readableSplit(task, task.seed);
      const usual = defaultShots(trainingLabels(task, split));
      const numbers = Option.getOrElse(shots, () => usual.shots);
      const options = { shots: numbers };
      return {
        ...yield* evaluateLowShot(task, task.layers, task.seed, options),
        skipped: Option.isSome(shots) ? [] : usual.skipped,
      };
    }),
  );
