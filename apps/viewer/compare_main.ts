/**
 * Compares runs: `deno task compare RUN RUN`.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { compare } from "./compare.ts";

runMain(compare, { typed: "deno task compare" });
