/**
 * What `storage remove` is typed with.
 *
 * @module
 */
import {
  flagWithDefault,
  namesFlag,
  notNegative,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";

/** Its arguments and flags. */
export const flags = {
  paths: Argument.String("path").pipe(
    Argument.withDescription(
      "Runs, caches and feature sets to remove; with --safe or --only also " +
        "folders that hold some.",
    ),
    Argument.variadic({ min: 1 }),
  ),
  safe: flagWithDefault(
    switchFlag("safe"),
    false,
    "Remove only what is computed again when it is needed",
  ),
  only: optionalFlag(
    namesFlag("only").pipe(Flag.withMetavar("PART,PART")),
    "Remove only parts of these names, such as features,old-checkpoints",
    "all parts",
  ),
  olderThan: optionalFlag(
    notNegative("older-than").pipe(Flag.withMetavar("DAYS")),
    "Remove only what was last used longer ago than this",
    "whatever its age",
  ),
  yes: flagWithDefault(
    switchFlag("yes"),
    false,
    "Remove the files. Without it, they are only listed",
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
  {
    command: "deno task storage remove runs --safe",
    description: "Show what is computed again when needed; --yes removes it",
  },
  {
    command:
      "deno task storage remove runs/photos --only old-checkpoints --yes",
    description: "Keep the newest epoch of a run",
  },
  {
    command: "deno task storage remove runs --safe --older-than 30 --yes",
    description: "Features that nobody used for a month",
  },
];
