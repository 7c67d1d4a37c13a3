/**
 * `low-shot MODEL DATA`: linear probes on a few labelled images of each class.
 *
 * @module
 */
import {
  judgeLowShot,
  splitFor,
  trainingClasses,
  usualShots,
} from "@deepcluster/evaluation";
import { Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import { countsFlag } from "@deepcluster/terminal";
import { asked, layersFlag, seedsFlag } from "./flags.ts";
import { judging } from "./judging.ts";

/** The command. */
export const lowShot = Command.make(
  "low-shot",
  {
    ...asked,
    layers: layersFlag("features: what is clustered"),
    shots: countsFlag("shots").pipe(
      Flag.optional,
      Flag.withMetavar("N,N"),
      Flag.withDescription(
        "Images of each class to learn from (1,5,10, as far as every class " +
          "has so many)",
      ),
    ),
    seeds: seedsFlag(5),
  },
  ({ layers, shots, seeds, ...values }) =>
    judging(
      values,
      {
        command: "low-shot",
        seeds,
        layers: Option.getOrElse(layers, () => ["features"]),
      },
      Effect.fnUntraced(function* (bench) {
        const split = yield* splitFor(bench, bench.seed);
        const usual = usualShots(trainingClasses(bench, split));
        const numbers = Option.getOrElse(shots, () => usual.shots);
        const options = { shots: numbers };
        return {
          ...yield* judgeLowShot(bench, bench.layers, bench.seed, options),
          skipped: Option.isSome(shots) ? [] : usual.skipped,
        };
      }),
    ),
).pipe(
  Command.withDescription(
    "Linear probes on a few labelled images of each class",
  ),
  Command.withExamples([
    {
      command: "deno task evaluate low-shot runs/demo data/emoji",
      description: "1, 5 and 10 images of each class, five draws",
    },
  ]),
);
