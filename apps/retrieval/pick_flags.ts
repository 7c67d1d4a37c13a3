/**
 * What `pick` is typed with.
 *
 * @module
 */
import {
  flagWithDefault,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { indexArgument, outFlag } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  index: indexArgument,
  count: Argument.Int("count").pipe(
    Argument.withDescription("How many images."),
    Argument.filter(
      (count) => count >= 1,
      () => "an integer >= 1",
    ),
  ),
  out: outFlag("those picked"),
  sheet: optionalFlag(
    Flag.String("sheet").pipe(Flag.withMetavar("FILE.png")),
    "Draw the images",
  ),
  json: flagWithDefault(switchFlag("json"), false, "Print them as JSON"),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task retrieve pick indexes/photos 100 --out label.txt",
    description: "A list of a hundred images",
  },
];
