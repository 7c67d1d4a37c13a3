/**
 * What `clusters` is typed with.
 *
 * @module
 */
import {
  atLeast,
  flagWithDefault,
  integersFlag,
  optionalFlag,
} from "@deepcluster/terminal";
import { type Command, Flag } from "effect/cli";
import { runArgument, runImagesFlags } from "./run_flags.ts";
import { commonFlags, outFlag } from "./visualise_flags.ts";

/** Which clusters, and how many images of each. */
const choiceFlags = {
  clusters: optionalFlag(
    integersFlag("clusters", 0),
    "Clusters by their numbers, in this order",
    "--count of them",
  ),
  count: flagWithDefault(atLeast("count", 1), 24, "Number of clusters"),
  by: flagWithDefault(
    Flag.Literals("by", ["chance", "size"]),
    "chance",
    "Which clusters: drawn at random, which flatters nobody, or the largest",
  ),
  each: flagWithDefault(
    atLeast("each", 1),
    12,
    "Images of each cluster, drawn at random",
  ),
  tile: flagWithDefault(
    atLeast("tile", 8),
    64,
    "Side of an image in the picture, in pixels",
  ),
  epoch: optionalFlag(
    atLeast("epoch", 1),
    "Epoch of the clustering",
    "the newest",
  ),
};

/** Its arguments and flags. */
export const flags = {
  run: runArgument,
  out: outFlag,
  choice: choiceFlags,
  source: runImagesFlags,
  ...commonFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task visualise clusters runs/demo --out pictures/clusters",
    description: "Twelve random images of each of 24 random clusters",
  },
  {
    command:
      "deno task visualise clusters runs/demo --clusters 3,17 --each 36 " +
      "--out two",
    description: "More of two clusters",
  },
];
