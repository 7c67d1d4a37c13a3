/**
 * The trainer: learns features from a folder of images.
 *
 * @module
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import {
  layerCommandLine,
  noEmptyWords,
  reportFailure,
} from "@deepcluster/terminal";
import { Effect, References } from "effect";
import { Command } from "effect/cli";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { resume } from "./resume.ts";
import { status } from "./status.ts";
import { storage } from "./storage.ts";
import { train } from "./train.ts";

Command.make("trainer").pipe(
  Command.withDescription(
    "Learn visual features and groups from images without labels (DeepCluster)",
  ),
  Command.withSubcommands([train, resume, status, doctor, storage, demo]),
  Command.run({ version: "0.1.0" }),
  noEmptyWords,
  Effect.provide(layerCommandLine("deno task")),
  Effect.provideService(References.LogToStderr, true),
  Effect.provide(NodeServices.layer),
  Effect.tapCause(reportFailure),
  NodeRuntime.runMain({ disableErrorReporting: true }),
);
