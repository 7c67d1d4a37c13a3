/**
 * `doctor [IMAGES]`: what a run will need, before it begins; without images,
 * whether the machine and its engines work.
 *
 * @module
 */
import { resolveBackend } from "@deepcluster/gpu-backend";
import { typedEngine } from "@deepcluster/runs";
import { optionalFlag } from "@deepcluster/terminal";
import { Console, Effect, Option, Schema } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { examineMachine, examineRun } from "./doctor_examine.ts";
import { probeOnce } from "./doctor_machine.ts";
import { type Report, reportText } from "./doctor_report.ts";
import { operationFlags } from "./run_to_end.ts";
import { configurationOf, settingFlags } from "./settings.ts";

/** A run that cannot work with its settings. */
class UnfitError extends Schema.TaggedError<UnfitError>()("UnfitError", {
  errors: Schema.Int,
}) {
  /** Where to look. */
  override get message(): string {
    return `Cannot work like this: see the ${
      this.errors === 1 ? "error" : `${this.errors} errors`
    } above`;
  }
}

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
  Effect.fnUntraced(function* ({ images, run, operation, settings }) {
    const folder = Option.getOrUndefined(run);
    const { config, engine, provider, threads } = settings;
    const { software } = operation;
    const probe = probeOnce();
    const report: Report = Option.isSome(images) || Option.isSome(config)
      ? yield* examineRun(
        yield* configurationOf(images, settings, probe),
        folder,
        operation,
        probe,
      )
      : yield* examineMachine(
        yield* resolveBackend(
          typedEngine({ engine, provider, threads, software }),
          probe,
        ),
        folder,
        probe,
      );
    yield* Console.log(
      operation.json ? JSON.stringify(report) : reportText(report),
    );
    const errors = report.findings.filter(({ level }) => level === "error");
    if (errors.length === 0) return;
    return yield* new UnfitError({ errors: errors.length });
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
