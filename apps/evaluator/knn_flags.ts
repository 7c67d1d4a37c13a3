/**
 * What `knn` is typed with.
 *
 * @module
 */
import { defaultTemperature } from "@deepcluster/evaluation/defaults";
import {
  flagWithDefault,
  integersFlag,
  optionalFlag,
  positive,
} from "@deepcluster/terminal";
import type { Command } from "effect/cli";
import { evaluationFlags, layersFlag, seedsFlag } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
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
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task evaluate knn runs/demo data/emoji",
    description: "What a run's features are worth, in seconds",
  },
];
