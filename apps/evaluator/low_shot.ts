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
import { integersFlag, optionalFlag } from "@deepcluster/terminal";
import { Effect, Option } from "effect";
import { Command } from "effect/cli";
import { evaluationFlags, layersFlag, seedsFlag } from "./flags.ts";
import { evaluateModel } from "./evaluate_model.ts";

/** The command. */
export const lowShot = Command.make(
  "low-shot",
  {
    ...evaluationFlags,
    layers: layersFlag("features, which are clustered"),
    shots: optionalFlag(
      integersFlag("shots", 1),
      "Numbers of training images of each class, each evaluated on its own",
      "1,5,10, or those that every class has",
    ),
    seeds: seedsFlag(5),
  },
  ({ layers, shots, seeds, ...values }) =>
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
    ),
).pipe(
  Command.withExamples([
    {
      command: "deno task evaluate low-shot runs/demo data/emoji",
      description: "1, 5 and 10 images of each class, five draws",
    },
  ]),
);
