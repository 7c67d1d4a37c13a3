/**
 * The commands of the evaluator.
 *
 * @module
 */
import { Command } from "effect/cli";
import { modelExport } from "./model_export.ts";
import { modelImport } from "./model_import.ts";
import { modelInfo } from "./model_info.ts";

export { cluster } from "./cluster.ts";
export { features } from "./features.ts";
export { evaluate } from "./evaluate.ts";
export { optionFlags } from "./option_flags.ts";

/** Models in and out. */
export const model = Command.make("model").pipe(
  Command.withDescription("Show, import and export models"),
  Command.withSubcommands([modelInfo, modelImport, modelExport]),
);
