/**
 * `knn MODEL DATA`: weighted nearest neighbours, without any training.
 *
 * @module
 */
import {
  defaultNeighbours,
  defaultTemperature,
  evaluateKnn,
  readableSplit,
} from "@deepcluster/evaluation";
import {
  flagWithDefault,
  integersFlag,
  optionalFlag,
  positive,
} from "@deepcluster/terminal";
import { Effect, Option } from "effect";
import { Command } from "effect/cli";
import { evaluationFlags, layersFlag, seedsFlag } from "./flags.ts";
import { evaluateModel } from "./evaluate_model.ts";

/** The command. */
export const knn = Command.make(
  "knn",
  {
    ...evaluationFlags,
    layers: layersFlag("features, which are clustered"),
    neighbours: optionalFlag(
      integersFlag("neighbours", 1),
      "Numbers of nearest neighbours that vote, each evaluated on its own",
      "20,200, or those that are at most the training images",
    ),
    temperature: flagWithDefault(
      positive("temperature"),
      defaultTemperature,
      "Temperature of the votes: the smaller, the more the nearest count",
    ),
    seeds: seedsFlag(1),
  },
  ({ layers, neighbours, temperature, seeds, ...values }) =>
    evaluateModel(
      values,
      {
        command: "knn",
        seeds,
        layers: Option.getOrElse(layers, () => ["features"]),
      },
      Effect.fnUntraced(function* (task) {
        const { train } = yield* readableSplit(task, task.seed);
        const usual = defaultNeighbours(train.length);
        const numbers = Option.getOrElse(neighbours, () => usual.k);
        const options = { k: numbers, temperature };
        return {
          ...yield* evaluateKnn(task, task.layers, task.seed, options),
          skipped: Option.isSome(neighbours) ? [] : usual.skipped,
        };
      }),
    ),
).pipe(
  Command.withExamples([
    {
      command: "deno task evaluate knn runs/demo data/emoji",
      description: "What a run's features are worth, in seconds",
    },
  ]),
);
