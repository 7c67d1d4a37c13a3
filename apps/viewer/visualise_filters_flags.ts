/**
 * What `filters` is typed with.
 *
 * @module
 */
import { weightsFlags } from "@deepcluster/runs/flags";
import type { Command } from "effect/cli";
import {
  commonFlags,
  networkArgument,
  outFlag,
  scaleFlag,
} from "./visualise_flags.ts";

/** Its arguments and flags. */
export const flags = {
  model: networkArgument,
  out: outFlag,
  scale: scaleFlag("weight", "as many as make a filter about 44 wide"),
  weights: weightsFlags,
  ...commonFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [{
  command: "deno task visualise filters runs/demo --out pictures/filters",
  description: "filters.png, and a page that says what it shows",
}];
