/**
 * What `emoji` is typed with.
 *
 * @module
 */
import { defaultBatch } from "@deepcluster/features/defaults";
import { engineFlags, modelFlags } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  namesFlag,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";

/** What is made of features where `--pca` is not given: the best of these. */
export const triedReductions: readonly ("none" | number)[] = [
  "none",
  32,
  64,
  128,
  256,
  512,
];

/** Its arguments and flags. */
export const flags = {
  model: Argument.String("model").pipe(
    Argument.withDescription(
      "Run folder, model file, `random` (untrained weights) or `pixels`.",
    ),
    Argument.optional,
  ),
  data: flagWithDefault(
    Flag.String("data").pipe(Flag.withMetavar("DIR")),
    "data/emoji",
    "Folder of rendered emoji, which `deno task demo` makes",
  ),
  writeExclude: optionalFlag(
    Flag.String("write-exclude").pipe(Flag.withMetavar("FILE")),
    "Write the list of the test's drawings, for `train --exclude`; MODEL " +
      "may then be left out",
  ),
  layers: optionalFlag(
    namesFlag("layers").pipe(Flag.withMetavar("NAME,NAME")),
    "Layers, by either name: conv2 or features.6",
    "features, which are clustered",
  ),
  pca: optionalFlag(
    atLeast("pca", 1),
    "Dimensions to whiten features to by PCA, learned on training emoji",
    `whichever is best on validation emoji: none, ${
      triedReductions.slice(1).join(", ")
    }`,
  ),
  choice: modelFlags,
  seed: flagWithDefault(
    atLeast("seed", 0),
    1,
    "Seed of the weights of `random`",
  ),
  batch: flagWithDefault(
    atLeast("extract-batch", 1),
    defaultBatch,
    "Images of one forward pass when features are extracted",
  ),
  cache: flagWithDefault(
    Flag.String("cache").pipe(Flag.withMetavar("DIR")),
    "runs/judged",
    "Folder that keeps features for the next command",
  ),
  ...engineFlags,
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print the results as JSON",
  ),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve emoji --write-exclude held_out.txt",
    description: "The drawings to keep out of training",
  },
  {
    command: "deno task retrieve emoji runs/held-out --data data/emoji",
    description: "A run that was trained with --exclude held_out.txt",
  },
];
