/**
 * What `info` is typed with.
 *
 * @module
 */
import type { Command } from "effect/cli";
import { modelArguments } from "./model_flags.ts";

/** Its arguments and flags. */
export const flags = modelArguments;

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;
