/**
 * The evaluator: judges any model on labelled images.
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
import { evaluate } from "./evaluate.ts";

evaluate.pipe(
  Command.run({ version: "0.1.0" }),
  noEmptyWords,
  Effect.provide(layerCommandLine("deno task evaluate")),
  Effect.provideService(References.LogToStderr, true),
  Effect.provide(NodeServices.layer),
  Effect.tapCause(reportFailure),
  NodeRuntime.runMain({ disableErrorReporting: true }),
);
