import assert from "node:assert/strict";
import { runSummary } from "./summary.ts";

Deno.test("runSummary() calls reassigned images by the report's word", () => {
  const { text } = runSummary("/runs/new", undefined, [
    { event: "clustered", epoch: 1, largest: 9, moved: 0.25 },
  ]);
  assert.match(text, /^epoch {2}largest {2}reassigned\n +1 +9 +0\.250\n/);
});

Deno.test("runSummary() has no empty lines before the first epoch", () => {
  const { text } = runSummary("/runs/new", undefined, []);
  assert.deepEqual(text.split("\n").map((line) => line.split(" ")[0]), [
    "Clusters",
    "Checkpoint",
  ]);
});
