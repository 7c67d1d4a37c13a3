/**
 * What `compare` is typed with.
 *
 * @module
 */
import {
  flagWithDefault,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { jsonFlag } from "./run_flags.ts";

/** Its arguments and flags. */
export const flags = {
  runs: Argument.String("run").pipe(
    Argument.withDescription(
      "Run folders that `train` made, two to six. The clusters of the " +
        "first are looked for in the others.",
    ),
    Argument.variadic({ min: 1 }),
  ),
  out: optionalFlag(
    Flag.String("out").pipe(Flag.withMetavar("FILE")),
    "Write a page with the curves and clusters to FILE.html",
  ),
  images: optionalFlag(
    Flag.String("images").pipe(Flag.withMetavar("IMAGES")),
    "Where the images of the first run are now, if they were moved",
    "where it found them",
  ),
  thumbnails: flagWithDefault(
    switchFlag("thumbnails"),
    true,
    "Show images and link to their files (--no-thumbnails: neither, for " +
      "a page to give away)",
  ),
  json: jsonFlag,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task compare runs/a runs/b --out compare.html",
    description: "A page with curves and images",
  },
  {
    command: "deno task compare runs/k50 runs/k100 runs/k200",
    description: "Three runs in the terminal",
  },
];
