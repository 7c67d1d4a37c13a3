import assert from "node:assert/strict";
import { plan } from "./items.ts";

Deno.test("plan() has the step of the paper right after the cases, and is the same list in tiny sizes", () => {
  const items = plan("full");
  assert.deepEqual(items.slice(0, 2).map(({ name }) => name), [
    "conformance",
    "step alexnet batch=256 clusters=10000",
  ]);
  const names = (sizes: "full" | "quick") =>
    plan(sizes).map(({ kind }) => kind.type);
  assert.deepEqual(names("quick"), names("full"));
});
