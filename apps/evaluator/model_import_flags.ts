/**
 * What `import` is typed with.
 *
 * @module
 */
import type { Command } from "effect/cli";
import { modelArguments, outputFlags } from "./model_flags.ts";

/** Its arguments and flags. */
export const flags = { ...modelArguments, ...outputFlags };

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;
