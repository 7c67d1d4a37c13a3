/**
 * What `leaks` is typed with.
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
import { Argument, type Command, Flag } from "effect/cli";
import { kindFlag, nearFlags } from "./duplicates_flags.ts";
import { indexArgument, outFlag } from "./flags.ts";

const folderFlag = (name: string, which: string) =>
  optionalFlag(
    Flag.String(name).pipe(Flag.withMetavar("FOLDER")),
    `Folder of the ${which} images within the index, such as ${name}`,
  );

/** Its arguments and flags. */
export const flags = {
  index: indexArgument,
  other: Argument.String("test-index").pipe(
    Argument.withDescription(
      "Index of the test images, of the same model and layer. Without it, " +
        "--train and --test name two folders within the first.",
    ),
    Argument.optional,
  ),
  train: folderFlag("train", "training"),
  test: folderFlag("test", "test"),
  kind: kindFlag,
  ...nearFlags,
  top: flagWithDefault(
    atLeast("top", 0),
    50,
    "Images that are printed; --out and --json have all",
  ),
  out: outFlag("the test images that are in the training too"),
  sheet: optionalFlag(
    Flag.String("sheet").pipe(Flag.withMetavar("FILE.png")),
    "Draw the pairs, the test image first",
  ),
  json: flagWithDefault(switchFlag("json"), false, "Print all as JSON"),
  ...engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve leaks indexes/train indexes/test",
    description: "Between two indexes of the same model",
  },
  {
    command: "deno task retrieve leaks indexes/all --train train --test test",
    description: "Between two folders within one index",
  },
];
