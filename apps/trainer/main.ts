/**
 * The trainer: learns features from a folder of images.
 *
 * @module
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { Cause, Console, Effect, References } from "effect";
import { CliError, Command } from "effect/cli";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { resume } from "./resume.ts";
import { status } from "./status.ts";
import { train } from "./train.ts";

/** A failure is told by its message; only our own mistakes show a trace. */
const reportCause = (cause: Cause.Cause<{ readonly message: string }>) =>
  Cause.hasInterruptsOnly(cause)
    ? Effect.void
    : Cause.hasDies(cause)
    ? Console.error(Cause.pretty(cause))
    : tellFailure(Cause.squash(cause) as Error);

/** The command line has shown its own mistakes already. */
const tellFailure = (error: Error) =>
  CliError.isCliError(error) ? Effect.void : Console.error(error.message);

Command.make("trainer").pipe(
  Command.withDescription(
    "Learn visual features and groups from images without labels (DeepCluster)",
  ),
  Command.withSubcommands([train, resume, status, doctor, demo]),
  Command.run({ version: "0.1.0" }),
  Effect.provideService(References.LogToStderr, true),
  Effect.provide(NodeServices.layer),
  Effect.tapCause(reportCause),
  NodeRuntime.runMain({ disableErrorReporting: true }),
);
