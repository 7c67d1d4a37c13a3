/**
 * What `check` is typed with.
 *
 * @module
 */
import { engineFlags } from "@deepcluster/runs/flags";
import { flagWithDefault, switchFlag } from "@deepcluster/terminal";
import type { Command } from "effect/cli";
import { indexArgument } from "./flags.ts";

/** Its arguments and flags. */
export const flags = {
  index: indexArgument,
  approximate: flagWithDefault(
    switchFlag("approximate"),
    false,
    "Measure approximate search as well, for which a graph is built and " +
      "kept: minutes for 100 000 vectors",
  ),
  ...engineFlags,
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print the result as JSON",
  ),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;
