/**
 * Compares runs: `deno task compare RUN RUN`.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { compare } from "./commands.ts";

runMain(compare, { typed: "deno task compare" });
