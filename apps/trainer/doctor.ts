/**
 * `doctor [IMAGES]`: what a run will need, before it begins; without images,
 * whether the machine and its engines work.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import { optionalFlag } from "@deepcluster/terminal";
import { Effect } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { operationFlags } from "./operation_flags.ts";
import { settingFlags } from "./setting_flags.ts";

/** Of the flags of `train`, those that change what a run needs. */
const { imageMemory, json, keep, saveEvery, software } = operationFlags;

/** The command. */
export const doctor = Command.make(
  "doctor",
  {
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
  },
  Effect.fnUntraced(function* (values) {
    const { examine } = yield* loadModule<typeof import("./doctor_typed.ts")>(
      new URL("./doctor_typed.ts", import.meta.url),
    );
    yield* examine(values);
  }, Effect.scoped),
).pipe(
  Command.withExamples([
    {
      command: "deno task doctor photos --preset small-emoji --run runs/photos",
      description: "Memory, disk and time of a run",
    },
    { command: "deno task doctor", description: "Machine and engines" },
  ]),
);
