import assert from "node:assert/strict";
import { runSummary } from "./summary.ts";

Deno.test("runSummary() has no empty lines before the first epoch", () => {
  const { text } = runSummary("/runs/new", undefined, []);
  assert.deepEqual(text.split("\n").map((line) => line.split(" ")[0]), [
    "Clusters",
    "Checkpoint",
  ]);
});
