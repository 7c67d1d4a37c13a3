/**
 * What `all` is typed with.
 *
 * @module
 */
import type { Command } from "effect/cli";
import { evaluationFlags, layersFlag, seedsFlag } from "./flags.ts";
import { probeFlags } from "./linear_flags.ts";
import { clusterFlags } from "./nmi_flags.ts";

/** Its arguments and flags. */
export const flags = {
  ...evaluationFlags,
  layers: layersFlag("all, for linear probes"),
  ...clusterFlags("the run's number, else 10 for each class"),
  seeds: seedsFlag(3),
  probe: probeFlags,
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  {
    command: "deno task evaluate all runs/demo data/emoji --out results.html",
    description: "A page with every figure, three seeds",
  },
];
