/**
 * What `train` is typed with.
 *
 * @module
 */
import { Argument, type Command, Flag } from "effect/cli";
import { operationFlags } from "./operation_flags.ts";
import { settingFlags } from "./setting_flags.ts";

/** Its arguments and flags. */
export const flags = {
  images: Argument.String("images").pipe(
    Argument.withDescription(
      "Folder of images (its training part, if it has parts), manifest " +
        "(.txt, .csv, .tsv, .jsonl) or IDX file. Default: those of --config.",
    ),
    Argument.optional,
  ),
  run: Flag.String("run").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("New folder for everything the run writes."),
  ),
  operation: operationFlags,
  settings: settingFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task train photos --run runs/photos --preset small-emoji",
    description: "Our small net on your own pictures",
  },
  {
    command: "deno task train ILSVRC2012/train --run runs/alexnet",
    description: "The paper's AlexNet",
  },
  {
    command:
      "deno task train photos --run runs/more --from alexnet.safetensors --clusters 100",
    description: "From the weights of a model or of another run",
  },
];
