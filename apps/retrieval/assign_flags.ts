/**
 * What `assign` is typed with.
 *
 * @module
 */
import { engineFlags } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command } from "effect/cli";
import { outFlag } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  run: Argument.String("run").pipe(
    Argument.withDescription("Run folder, whose clusters are used."),
  ),
  images: Argument.String("images").pipe(
    Argument.withDescription(
      "Images, folders of images, manifests or IDX files.",
    ),
    Argument.variadic({ min: 1 }),
  ),
  epoch: optionalFlag(
    atLeast("epoch", 1),
    "Epoch of the clustering",
    "the newest whose weights are there",
  ),
  out: outFlag("the images"),
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print a JSON object for each image, one a line",
  ),
  ...engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve assign runs/demo photo.jpg",
    description: "The cluster of one image",
  },
  {
    command: "deno task retrieve assign runs/demo new/ --out clusters.csv",
    description: "A table for a folder",
  },
];
