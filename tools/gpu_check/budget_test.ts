import assert from "node:assert/strict";
import { startBudget } from "./budget.ts";

Deno.test("startBudget() gives an item its own limit, or what is left", () => {
  let now = 5000;
  const { limitMs, elapsedMs } = startBudget(1, () => now);
  assert.equal(limitMs(40_000), 40_000);
  now += 50_000;
  assert.equal(limitMs(40_000), 10_000);
  assert.equal(elapsedMs(), 50_000);
  now += 50_000;
  assert.equal(limitMs(40_000), 0);
});
