/**
 * `knn MODEL DATA`: weighted nearest neighbours, without any training.
 *
 * @module
 */
import {
  judgeKnn,
  splitFor,
  usualNeighbours,
  usualTemperature,
} from "@deepcluster/evaluation";
import { Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import { countsFlag, positive } from "@deepcluster/terminal";
import { asked, layersFlag, seedsFlag } from "./flags.ts";
import { judging } from "./judging.ts";

/** The command. */
export const knn = Command.make(
  "knn",
  {
    ...asked,
    layers: layersFlag("features: what is clustered"),
    k: countsFlag("k").pipe(
      Flag.optional,
      Flag.withMetavar("K,K"),
      Flag.withDescription(
        "Numbers of neighbours (20,200, as far as there are training images)",
      ),
    ),
    temperature: positive("temperature").pipe(
      Flag.withDefault(usualTemperature),
      Flag.withDescription("The smaller, the more the nearest count (0.07)"),
    ),
    seeds: seedsFlag(1),
  },
  ({ layers, k, temperature, seeds, ...values }) =>
    judging(
      values,
      {
        command: "knn",
        seeds,
        layers: Option.getOrElse(layers, () => ["features"]),
      },
      Effect.fnUntraced(function* (bench) {
        const { train } = yield* splitFor(bench, bench.seed);
        const usual = usualNeighbours(train.length);
        const numbers = Option.getOrElse(k, () => usual.k);
        const options = { k: numbers, temperature };
        return {
          figures: yield* judgeKnn(bench, bench.layers, bench.seed, options),
          diverged: [],
          skipped: Option.isSome(k) ? [] : usual.skipped,
        };
      }),
    ),
).pipe(
  Command.withDescription("Nearest neighbours by cosine similarity"),
  Command.withExamples([
    {
      command: "deno task evaluate knn runs/demo data/emoji",
      description: "What a run's features are worth, in seconds",
    },
  ]),
);
