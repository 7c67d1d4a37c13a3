/**
 * `knn MODEL DATA`: weighted nearest neighbours, without any training.
 *
 * @module
 */
import {
  defaultNeighbours,
  evaluateKnn,
  readableSplit,
} from "@deepcluster/evaluation";
import { Effect, Option } from "effect";
import { evaluateModel } from "./evaluate_model.ts";
import type { Values } from "./knn_flags.ts";

/** Does what `knn` was asked for. */
export const run = (
  { layers, neighbours, temperature, seeds, ...values }: Values,
) =>
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
  );
