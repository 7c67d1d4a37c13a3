/**
 * The evaluator: evaluates any model on labelled images.
 *
 * @module
 */
import { runMain } from "@deepcluster/terminal";
import { evaluate } from "./evaluate.ts";
import { renamed } from "./renamed.ts";

runMain(evaluate, {
  typed: "deno task evaluate",
  renamed,
  optionFlags: {
    by: "split-by",
    k: "neighbours",
    memoryBytes: "memory",
    model: undefined,
  },
});
