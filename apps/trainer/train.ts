/**
 * `train IMAGES --run DIR`: a new run from its first epoch to its last.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import { Effect, Option } from "effect";
import { Argument, CliError, Command, Flag } from "effect/cli";
import { operationFlags } from "./operation_flags.ts";
import { settingFlags } from "./setting_flags.ts";

/** The command. */
export const train = Command.make(
  "train",
  {
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
  },
  Effect.fnUntraced(function* ({ images, run, operation, settings }) {
    if (Option.isNone(images) && Option.isNone(settings.config)) {
      return yield* new CliError.ShowHelp({
        commandPath: ["trainer", "train"],
        errors: [new CliError.MissingArgument({ argument: "images" })],
      });
    }
    const { trainTyped } = yield* loadModule<typeof import("./train_typed.ts")>(
      new URL("./train_typed.ts", import.meta.url),
    );
    yield* trainTyped(images, run, operation, settings);
  }, Effect.scoped),
).pipe(
  Command.withExamples([
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
  ]),
);
