/**
 * Models in and out: `deno task model info|import|export`.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { model } from "./commands.ts";
import { renamedOfModel } from "./renamed.ts";

runMain(model, { typed: "deno task model", renamed: renamedOfModel });
