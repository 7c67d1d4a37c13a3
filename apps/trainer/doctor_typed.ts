/**
 * What `doctor` does, once its command line is read.
 *
 * @module
 */
import { resolveBackend } from "@deepcluster/gpu-backend";
import { typedEngine } from "@deepcluster/runs";
import { Console, Effect, Option, Schema } from "effect";
import { examineMachine, examineRun } from "./doctor_examine.ts";
import { probeOnce } from "./doctor_machine.ts";
import { type Report, reportText } from "./doctor_report.ts";
import type { OperationValues } from "./operation_flags.ts";
import type { SettingValues } from "./setting_flags.ts";
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

/** What `doctor` was given. */
export interface DoctorValues {
  /** Where the images are; none for a look at the machine. */
  readonly images: Option.Option<string>;
  /** Run folder that `train` would make. */
  readonly run: Option.Option<string>;
  /** Flags of `train` that change what a run needs. */
  readonly operation: Omit<OperationValues, "report" | "prometheus" | "otlp">;
  /** Settings of the run. */
  readonly settings: SettingValues;
}

/**
 * Prints what a run will need, or whether the machine works.
 *
 * @param values See {@link DoctorValues}.
 * @returns Nothing, or `UnfitError` when a run cannot work.
 */
export const examine = Effect.fnUntraced(function* (
  { images, run, operation, settings }: DoctorValues,
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
