/**
 * The evaluator: judges any model on labelled images.
 *
 * @module
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { reportFailure } from "@deepcluster/terminal";
import { Effect, References } from "effect";
import { Command } from "effect/cli";
import { all } from "./all.ts";
import { knn } from "./knn.ts";
import { linear } from "./linear.ts";
import { lowShot } from "./low_shot.ts";
import { nmi } from "./nmi.ts";
import { vocClassification } from "./voc_classification.ts";

const commands = [
  linear,
  knn,
  nmi,
  lowShot,
  vocClassification,
  all,
] as const;

Command.make("evaluate").pipe(
  Command.withDescription("Judge a model on labelled images"),
  Command.withSubcommands(commands),
  Command.run({ version: "0.1.0" }),
  Effect.provideService(References.LogToStderr, true),
  Effect.provide(NodeServices.layer),
  Effect.tapCause(reportFailure),
  NodeRuntime.runMain({ disableErrorReporting: true }),
);
