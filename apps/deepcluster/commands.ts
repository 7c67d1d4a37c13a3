/**
 * Every command in one program: `deepcluster train`,
 * `deepcluster evaluate all` …
 *
 * @module
 */
import {
  cluster,
  evaluate,
  features,
  model,
  optionFlags,
} from "@deepcluster/evaluator/commands";
import { retrieve } from "@deepcluster/retrieval-app/commands";
import { runMain } from "@deepcluster/terminal";
import {
  chooseClusters,
  demo,
  doctor,
  resume,
  status,
  storage,
  train,
} from "@deepcluster/trainer/commands";
import {
  compare,
  report,
  visualise,
  watch,
} from "@deepcluster/viewer/commands";
import { Command } from "effect/cli";

runMain(
  Command.make("deepcluster").pipe(
    Command.withDescription(
      "Learn visual features and groups from images without labels, and " +
        "evaluate them (DeepCluster)",
    ),
    Command.withSubcommands([
      train,
      resume,
      status,
      doctor,
      watch,
      storage,
      demo,
      report,
      chooseClusters,
      compare,
      evaluate,
      retrieve,
      model,
      features,
      cluster,
      visualise,
    ]),
  ),
  { typed: "deepcluster", optionFlags },
);
