/**
 * What `disagreements` is typed with.
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
import { type Command, Flag } from "effect/cli";
import {
  indexArgument,
  labelColumnFlag,
  labelsFlag,
  outFlag,
} from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  index: indexArgument,
  labels: labelsFlag,
  labelColumn: labelColumnFlag,
  neighbours: flagWithDefault(
    atLeast("neighbours", 1),
    10,
    "Nearest labelled images that vote",
  ),
  top: flagWithDefault(
    atLeast("top", 0),
    50,
    "Images that are printed; --out and --json have all",
  ),
  out: outFlag("those listed"),
  sheet: optionalFlag(
    Flag.String("sheet").pipe(Flag.withMetavar("FILE.png")),
    "Draw the images, by label and suggested label",
  ),
  json: flagWithDefault(switchFlag("json"), false, "Print all as JSON"),
  ...engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command:
      "deno task retrieve disagreements indexes/photos --labels data/photos",
    description: "Labels from a folder for each class",
  },
];
