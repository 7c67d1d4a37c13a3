/**
 * The command line of the evaluator.
 *
 * @module
 */
import { Command } from "effect/cli";
import { all } from "./all.ts";
import { knn } from "./knn.ts";
import { linear } from "./linear.ts";
import { lowShot } from "./low_shot.ts";
import { nmi } from "./nmi.ts";
import { vocClassification } from "./voc_classification.ts";

/** All commands under one name. */
export const evaluate = Command.make("evaluate").pipe(
  Command.withDescription("Evaluate a model on labelled images"),
  Command.withSubcommands([linear, knn, nmi, lowShot, vocClassification, all]),
);
