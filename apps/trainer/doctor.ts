/**
 * `doctor [IMAGES]`: what a run will need, before it begins; without images,
 * whether the machine and its engines work.
 *
 * @module
 */
import { resolveBackend } from "@deepcluster/gpu-backend";
import { typedEngine } from "@deepcluster/runs";
import { Console, Effect, Option, Schema } from "effect";
import type { Values } from "./doctor_flags.ts";
import { examineMachine, examineRun } from "./doctor_examine.ts";
import { probeOnce } from "./doctor_machine.ts";
import { type Report, reportText } from "./doctor_report.ts";
import { configurationOf } from "./settings.ts";

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

/** Does what `doctor` was asked for. */
export const run = Effect.fnUntraced(function* (
  { images, run, operation, settings }: Values,
) {
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
});
