/**
 * The report of a run: `deno task report RUN`.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { report } from "./commands.ts";

runMain(report, {
  typed: "deno task report",
  optionFlags: { layers: "layer" },
});
