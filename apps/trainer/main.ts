/**
 * The trainer: learns features from a folder of images.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { Command } from "effect/cli";
import { chooseClusters } from "./choose_clusters.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { renamed } from "./renamed.ts";
import { resume } from "./resume.ts";
import { status } from "./status.ts";
import { storage } from "./storage.ts";
import { train } from "./train.ts";

runMain(
  Command.make("trainer").pipe(
    Command.withDescription(
      "Learn visual features and groups from images without labels (DeepCluster)",
    ),
    Command.withSubcommands([
      train,
      resume,
      status,
      doctor,
      storage,
      demo,
      chooseClusters,
    ]),
  ),
  { typed: "deno task", renamed },
);
