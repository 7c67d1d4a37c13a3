/**
 * `train IMAGES --run DIR`: a new run from its first epoch to its last.
 *
 * @module
 */
import { abandonRun, createRun } from "@deepcluster/checkpoint";
import { fromHere } from "@deepcluster/terminal";
import { networkOf } from "@deepcluster/training";
import { Effect } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { openImagesOf, operationFlags, runToEnd } from "./run_to_end.ts";
import { configurationOf, settingFlags } from "./settings.ts";

/** The command. */
export const train = Command.make(
  "train",
  {
    images: Argument.String("images").pipe(
      Argument.withDescription(
        "Folder of images, manifest (.txt, .csv, .jsonl) or IDX file",
      ),
      Argument.optional,
    ),
    run: Flag.String("run").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("New folder for everything the run writes"),
    ),
    operation: operationFlags,
    settings: settingFlags,
  },
  Effect.fnUntraced(function* ({ images, run, operation, settings }) {
    const configuration = yield* configurationOf(images, settings);
    const folder = fromHere(run);
    // What cannot work must not leave a run folder behind.
    yield* openImagesOf(configuration);
    yield* networkOf(configuration);
    yield* createRun(folder, configuration);
    yield* runToEnd(folder, configuration, operation).pipe(
      Effect.tapErrorTag("TooManyUnreadableError", () => abandonRun(folder)),
    );
  }, Effect.scoped),
).pipe(
  Command.withDescription("Train on a folder of images, into a new run folder"),
  Command.withExamples([
    {
      command: "deno task train photos --run runs/photos --preset small-emoji",
      description: "Our small net on your own pictures",
    },
    {
      command: "deno task train ILSVRC2012/train --run runs/alexnet",
      description: "The paper's AlexNet",
    },
  ]),
);
