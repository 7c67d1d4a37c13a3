/**
 * What `resume` is typed with.
 *
 * @module
 */
import { atLeast, optionalFlag } from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";
import { operationFlags } from "./operation_flags.ts";

/** Its arguments and flags. */
export const flags = {
  run: Argument.String("run").pipe(
    Argument.withDescription("Run folder that `train` made."),
  ),
  images: optionalFlag(
    Flag.String("images").pipe(Flag.withMetavar("PATH")),
    "Where the run's images are now, if they were moved",
    "where they were",
  ),
  epochs: optionalFlag(
    atLeast("epochs", 1),
    "Epochs of the run in all, to make it longer",
    "its own",
  ),
  operation: operationFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task resume runs/photos",
    description: "Continue to the same bytes as a run never stopped",
  },
  {
    command: "deno task resume runs/photos --images /mnt/photos",
    description: "The same after its images were moved",
  },
  {
    command: "deno task resume runs/photos --epochs 200",
    description: "Make the run longer",
  },
];
