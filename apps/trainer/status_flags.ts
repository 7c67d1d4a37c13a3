/**
 * What `status` is typed with.
 *
 * @module
 */
import { flagWithDefault, switchFlag } from "@deepcluster/terminal";
import { Argument, type Command } from "effect/cli";

/** Its arguments and flags. */
export const flags = {
  run: Argument.String("run").pipe(
    Argument.withDescription("Run folder that `train` made."),
  ),
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print the results as JSON",
  ),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;
