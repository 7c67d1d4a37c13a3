/**
 * What `low-shot` is typed with.
 *
 * @module
 */
import { integersFlag, optionalFlag } from "@deepcluster/terminal";
import type { Command } from "effect/cli";
import { evaluationFlags, layersFlag, seedsFlag } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  ...evaluationFlags,
  layers: layersFlag("features, which are clustered"),
  shots: optionalFlag(
    integersFlag("shots", 1),
    "Numbers of training images of each class, each evaluated on its own",
    "1,5,10, or those that every class has",
  ),
  seeds: seedsFlag(5),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task evaluate low-shot runs/demo data/emoji",
    description: "1, 5 and 10 images of each class, five draws",
  },
];
