/**
 * `resume DIR`: a run that was stopped goes on as if it had not been.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import { atLeast, optionalFlag } from "@deepcluster/terminal";
import { Effect } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { operationFlags } from "./operation_flags.ts";

/** The command. */
export const resume = Command.make(
  "resume",
  {
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
  },
  Effect.fnUntraced(function* (values) {
    const { resumeTyped } = yield* loadModule<
      typeof import("./resume_typed.ts")
    >(new URL("./resume_typed.ts", import.meta.url));
    yield* resumeTyped(values);
  }, Effect.scoped),
).pipe(
  Command.withExamples([
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
  ]),
);
