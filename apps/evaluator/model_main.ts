/**
 * Models in and out: `deno task model info|import|export`.
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
import { modelExport } from "./model_export.ts";
import { modelImport } from "./model_import.ts";
import { modelInfo } from "./model_info.ts";

Command.make("model").pipe(
  Command.withDescription("Look at a model, read it in, write it out"),
  Command.withSubcommands([modelInfo, modelImport, modelExport]),
  Command.run({ version: "0.1.0" }),
  noEmptyWords,
  Effect.provide(layerCommandLine("deno task model")),
  Effect.provideService(References.LogToStderr, true),
  Effect.provide(NodeServices.layer),
  Effect.tapCause(reportFailure),
  NodeRuntime.runMain({ disableErrorReporting: true }),
);
