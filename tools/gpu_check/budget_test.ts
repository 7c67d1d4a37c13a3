import assert from "node:assert/strict";
import { plannedMinutes, startBudget } from "./budget.ts";

Deno.test("startBudget() gives an item its own limit, or what is left but ten seconds", () => {
  let now = 5000;
  const { limitMs, elapsedMs } = startBudget(plannedMinutes, () => now);
  assert.equal(limitMs(40_000), 40_000);
  now += 450_000;
  assert.equal(limitMs(40_000), 20_000);
  assert.equal(elapsedMs(), 450_000);
  now += 25_000;
  assert.equal(limitMs(40_000), 0);
});

Deno.test("startBudget() of twice the time gives items twice their limits", () => {
  const { limitMs } = startBudget(2 * plannedMinutes, () => 0);
  assert.equal(limitMs(40_000), 80_000);
});
