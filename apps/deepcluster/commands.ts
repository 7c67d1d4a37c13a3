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
import { commandGroup, runMain } from "@deepcluster/terminal";
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

runMain(
  commandGroup(
    "deepcluster",
    "Learn visual features and groups from images without labels, and " +
      "evaluate them (DeepCluster)",
    [
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
    ],
  ),
  { typed: "deepcluster", optionFlags },
);
