/**
 * Models in and out: `deno task model info|import|export`.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { Command } from "effect/cli";
import { modelExport } from "./model_export.ts";
import { modelImport } from "./model_import.ts";
import { modelInfo } from "./model_info.ts";
import { renamedOfModel } from "./renamed.ts";

runMain(
  Command.make("model").pipe(
    Command.withDescription("Show, import and export models"),
    Command.withSubcommands([modelInfo, modelImport, modelExport]),
  ),
  { typed: "deno task model", renamed: renamedOfModel },
);
