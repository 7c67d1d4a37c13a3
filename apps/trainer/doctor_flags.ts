/**
 * What `doctor` is typed with.
 *
 * @module
 */
import { optionalFlag } from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { operationFlags } from "./operation_flags.ts";
import { settingFlags } from "./setting_flags.ts";

/** Of the flags of `train`, those that change what a run needs. */
const { imageMemory, json, keep, saveEvery, software } = operationFlags;

/** Its arguments and flags. */
export const flags = {
  images: Argument.String("images").pipe(
    Argument.withDescription(
      "Folder of images, manifest or IDX file. Default: look at the machine only.",
    ),
    Argument.optional,
  ),
  run: optionalFlag(
    Flag.String("run").pipe(Flag.withMetavar("DIR")),
    "Run folder that `train` would make",
    "a new folder in the current one",
  ),
  operation: { imageMemory, json, keep, saveEvery, software },
  settings: settingFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task doctor photos --preset small-emoji --run runs/photos",
    description: "Memory, disk and time of a run",
  },
  { command: "deno task doctor", description: "Machine and engines" },
];
