/**
 * The paper's pictures of a model: `deno task visualise filters MODEL` …
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { visualise } from "./commands.ts";

runMain(visualise, { typed: "deno task visualise" });
