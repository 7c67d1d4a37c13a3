/**
 * The page of a run that goes on: `deno task watch RUN`.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { watch } from "./commands.ts";

runMain(watch, { typed: "deno task watch" });
