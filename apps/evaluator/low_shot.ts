/**
 * `low-shot MODEL DATA`: linear probes on a few labelled images of each class.
 *
 * @module
 */
import { judgeLowShot } from "@deepcluster/evaluation";
import { Option } from "effect";
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
      Flag.withDefault([1, 5, 10]),
      Flag.withMetavar("N,N"),
      Flag.withDescription("Images of each class to learn from (1,5,10)"),
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
      (bench) => judgeLowShot(bench, bench.layers, bench.seed, { shots }),
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
