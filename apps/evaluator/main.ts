/**
 * The evaluator: evaluates any model on labelled images.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { evaluate } from "./commands.ts";
import { optionFlags } from "./option_flags.ts";
import { renamed } from "./renamed.ts";

runMain(evaluate, { typed: "deno task evaluate", renamed, optionFlags });
