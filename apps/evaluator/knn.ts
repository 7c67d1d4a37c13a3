/**
 * `knn MODEL DATA`: weighted nearest neighbours, without any training.
 *
 * @module
 */
import { judgeKnn, layersNamed } from "@deepcluster/evaluation";
import { Effect } from "effect";
import { Command, Flag } from "effect/cli";
import { asked, layersFlag, namesIn, seedsFlag } from "./flags.ts";
import { judging } from "./judging.ts";

/** The command. */
export const knn = Command.make(
  "knn",
  {
    ...asked,
    layers: layersFlag("features: what is clustered"),
    k: Flag.String("k").pipe(
      Flag.withDefault("20,200"),
      Flag.withMetavar("K,K"),
      Flag.withDescription("Numbers of neighbours (20,200)"),
    ),
    temperature: Flag.Finite("temperature").pipe(
      Flag.withDefault(0.07),
      Flag.withDescription("The smaller, the more the nearest count (0.07)"),
    ),
    seeds: seedsFlag(1),
  },
  ({ layers, k, temperature, seeds, ...values }) =>
    judging(
      "knn",
      values,
      seeds,
      Effect.fnUntraced(function* (bench) {
        const names = namesIn(layers, ["features"]);
        const chosen = yield* layersNamed(bench.model, names);
        return yield* judgeKnn(bench, chosen, bench.seed, {
          k: k.split(",").map(Number),
          temperature,
        });
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
