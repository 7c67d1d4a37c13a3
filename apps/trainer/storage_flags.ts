/**
 * What `storage` is typed with.
 *
 * @module
 */
import { flagWithDefault, switchFlag } from "@deepcluster/terminal";
import { Argument, type Command } from "effect/cli";

/** Its arguments and flags. */
export const flags = {
  folders: Argument.String("folder").pipe(
    Argument.withDescription(
      "Folders to look in, at any depth. Default: runs.",
    ),
    Argument.variadic(),
  ),
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print the results as JSON",
  ),
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;

/** Examples for its help. */
export const examples = [
  { command: "deno task storage", description: "Everything below runs" },
  {
    command: "deno task storage remove runs --safe --yes",
    description: "Remove all that is computed again when it is needed",
  },
];
