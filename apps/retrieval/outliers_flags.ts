/**
 * What `outliers` is typed with.
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
import { indexArgument, outFlag } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  index: indexArgument,
  top: flagWithDefault(
    atLeast("top", 1),
    50,
    "Images that are listed, the most unusual first",
  ),
  out: outFlag("those listed"),
  sheet: optionalFlag(
    Flag.String("sheet").pipe(Flag.withMetavar("FILE.png")),
    "Draw the images",
  ),
  json: flagWithDefault(switchFlag("json"), false, "Print them as JSON"),
  ...engineFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve outliers indexes/photos --sheet outliers.png",
    description: "Fifty images to look at",
  },
];
