/**
 * `low-shot MODEL DATA`: linear probes on a few labelled images of each class.
 *
 * @module
 */
import { judgeLowShot, layersNamed } from "@deepcluster/evaluation";
import { Effect } from "effect";
import { Command, Flag } from "effect/cli";
import { asked, layersFlag, namesIn, seedsFlag } from "./flags.ts";
import { judging } from "./judging.ts";

/** The command. */
export const lowShot = Command.make(
  "low-shot",
  {
    ...asked,
    layers: layersFlag("features: what is clustered"),
    shots: Flag.String("shots").pipe(
      Flag.withDefault("1,5,10"),
      Flag.withMetavar("N,N"),
      Flag.withDescription("Images of each class to learn from (1,5,10)"),
    ),
    seeds: seedsFlag(5),
  },
  ({ layers, shots, seeds, ...values }) =>
    judging(
      "low-shot",
      values,
      seeds,
      Effect.fnUntraced(function* (bench) {
        const names = namesIn(layers, ["features"]);
        const chosen = yield* layersNamed(bench.model, names);
        return yield* judgeLowShot(bench, chosen, bench.seed, {
          shots: shots.split(",").map(Number),
        });
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
